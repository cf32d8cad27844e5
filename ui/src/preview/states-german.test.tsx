import { expect, test } from "vitest";

import { EACH_STATE, expectAllWell } from "../testing/states";
import { de } from "../words/de";
import { en } from "../words/en";

/** Every text of a catalogue that stands by itself. */
function texts(words: object): string[] {
  return Object.values(words).flatMap((value: unknown) => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? texts(value) : [];
  });
}

const GERMAN = new Set(texts(de));
/** What can be read in English alone; names and words that both languages have are left out. */
const ENGLISH_ALONE = new Set(texts(en).filter((text) => !GERMAN.has(text)));

/** What is read, and what is read aloud. */
function said(root: HTMLElement): string[] {
  const found: string[] = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) found.push(walk.currentNode.textContent?.trim() ?? "");
  for (const element of root.querySelectorAll("[aria-label], [title], [alt]")) {
    for (const name of ["aria-label", "title", "alt"]) found.push(element.getAttribute(name) ?? "");
  }
  return found.filter(Boolean);
}

// In a file of their own, so that both languages are tested at once.
test.each(EACH_STATE)("%s in German: axe finds nothing, and no English is left", async (_id, state) => {
  await expectAllWell(state, "de");
  expect(said(document.body).filter((text) => ENGLISH_ALONE.has(text))).toEqual([]);
});
