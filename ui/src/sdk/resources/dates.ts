/** A wire time in milliseconds as a date; none and zero are null. */
export function dateOf(value: number | null | undefined): Date | null {
  return value ? new Date(value) : null;
}
