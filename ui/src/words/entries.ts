/** The entry of a catalogue under a word that came from elsewhere, if there is one. */
export function entryOf<T>(entries: Record<string, T>, word: string): T | undefined {
  return Object.hasOwn(entries, word) ? entries[word] : undefined;
}
