import "./surfaces.css";

/** The first letters of a name or address, as people see them: whole characters, never half of one. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/@.*$/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const first = letterOf(words[0]);
  const last = words.length > 1 ? letterOf(words.at(-1)) : "";
  return (first + last).toLocaleUpperCase();
}

function letterOf(word: string | undefined): string {
  if (!word) return "";
  const [segment] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return segment?.segment ?? "";
}

/** A picture of an account; the name stands beside it, so that it says nothing itself. */
export function Avatar({ name, large = false }: { name: string; large?: boolean }) {
  return (
    <span
      className={`avatar${large ? " avatar-large" : ""}`}
      data-initials={initialsOf(name)}
      aria-hidden="true"
    />
  );
}
