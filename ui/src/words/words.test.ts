import { expect, test } from "vitest";

import { sentenceOf } from "../app/failure";
import { cannot, unreachable } from "../testing/fixtures";
import { de } from "./de";
import { en } from "./en";
import { chooseLanguage } from "./words";

test.each([
  ["system", ["de-AT", "en"], "de", "de-AT"],
  ["system", ["DE"], "de", "DE"],
  ["system", ["fr-FR", "de-CH"], "de", "de-CH"],
  ["system", ["fr", "nl"], "en", "en"],
  ["system", [], "en", "en"],
  ["system", ["den"], "en", "en"],
  ["de", ["en-GB"], "de", "de"],
  ["de", ["en-GB", "de-CH"], "de", "de-CH"],
  ["en", ["de-DE"], "en", "en"],
] as const)("%s where the system wants %j is %s, with dates of %s", (chosen, wanted, tag, locale) => {
  const language = chooseLanguage(chosen, wanted);
  expect([language.tag, language.locale]).toEqual([tag, locale]);
  expect(language.words).toBe(tag === "de" ? de : en);
});

/** Every text of a catalogue, by its path. */
function leaves(words: object, path = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(words) as [string, unknown][]) {
    const here = path ? `${path}.${name}` : name;
    if (typeof value === "object" && value !== null) leaves(value, here).forEach((leaf, at) => found.set(at, leaf));
    else found.set(here, value);
  }
  return found;
}

test("both languages have the same entries, and none is empty where the other is not", () => {
  const [english, german] = [leaves(en), leaves(de)];
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [path, text] of english) {
    expect(typeof german.get(path), path).toBe(typeof text);
    if (typeof text === "string") expect(german.get(path) === "", path).toBe(text === "");
  }
});

test("a failure is said in each language with its facts, and whether a network is to blame", () => {
  expect(sentenceOf(unreachable(), de)).toBe(
    "Harbour Works ist nicht erreichbar, es hat sich also nichts geändert. Prüfe das Netz und versuch es dann noch einmal. (connection refused)",
  );
  const local = sentenceOf(cannot("network", "network_unreachable"), en);
  expect(local).toMatch(/^The instance on this computer cannot be reached/);
  expect(local).not.toMatch(/network/);
});
