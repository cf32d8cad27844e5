/** An unseen field by which password managers know whose password a form is about. */
export function KnownAs({ address }: { address: string }) {
  return (
    <input
      className="only-read-aloud"
      type="email"
      name="email"
      autoComplete="username"
      value={address}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
