import { render, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { describe, expect, test, vi } from "vitest";

import { de } from "../words/de";
import { en } from "../words/en";
import { Preview } from "./Preview";
import { STATES } from "./states";

/** Needs layout or colours, which jsdom has not; both are judged on the pictures of `cargo xtask screenshots`. */
const BY_EYE = { "color-contrast": { enabled: false }, "target-size": { enabled: false } };

test("every state has an address of its own", () => {
  const ids = STATES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

/** Every text of a catalogue that stands by itself, by its path. */
function texts(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    const here = `${path}.${name}`;
    if (typeof value === "string") return [[here, value]];
    return typeof value === "object" && value !== null ? texts(value, here) : [];
  });
}

const GERMAN = new Map(texts(de));
/** What can be read in English alone; names and words that both languages have are left out. */
const ENGLISH_ALONE = new Set(
  texts(en).flatMap(([path, text]) => (GERMAN.get(path) === text || texts(de).some(([, other]) => other === text) ? [] : [text])),
);

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

describe.each(["en", "de"] as const)("in %s", (language) => {
  test.each(STATES.map((state) => [state.id, state] as const))("%s: axe finds nothing", async (_id, state) => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const pressed = vi.fn();
    render(<Preview state={state} language={language} onPressed={pressed} />);
    await waitFor(() => {
      expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
    });
    if (state.press) await waitFor(() => expect(pressed).toHaveBeenCalledOnce());
    // Answers that were there at once have been drawn by now.
    await screen.findByRole("main");
    expect(document.documentElement.lang).toBe(language);
    const { violations } = await axe.run(document.body, { rules: BY_EYE });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    expect(errors).not.toHaveBeenCalled();
    if (language === "de") expect(said(document.body).filter((text) => ENGLISH_ALONE.has(text))).toEqual([]);
  });
});
