/** Begins a sentence with a name. */
export function capital(name: string): string {
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

/** Several things in one sentence, with a word before the last one. */
export function listed(things: string[], word: string): string {
  const last = things.at(-1) ?? "";
  return things.length > 1 ? `${things.slice(0, -1).join(", ")} ${word} ${last}` : last;
}
