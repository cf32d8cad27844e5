import { afterEach, describe, expect, test } from "vitest";

import button from "../primitives/button.css?raw";
import field from "../primitives/field.css?raw";
import surfaces from "../primitives/surfaces.css?raw";
import layout from "./layout.css?raw";
import rail from "./rail.css?raw";
import tokens from "./tokens.css?raw";

/** What the system says. */
interface System {
  dark: boolean;
  contrast: boolean;
}

/** What has to be told apart: what stands on what. */
const PAIRS = [
  ["text", "ground"],
  ["text", "surface"],
  ["text", "rail-ground"],
  ["text", "rail-hover"],
  ["text", "raised"],
  ["text", "warning-soft"],
  ["text", "danger-soft"],
  ["text-quiet", "ground"],
  ["text-quiet", "surface"],
  ["text-quiet", "rail-ground"],
  ["accent", "ground"],
  ["accent", "surface"],
  ["accent-strong", "accent-soft"],
  ["on-accent", "accent"],
  ["danger", "surface"],
  ["danger", "danger-soft"],
  ["ok", "surface"],
] as const;

function rulesOf(css: string): CSSRule[] {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const rules = [...(style.sheet?.cssRules ?? [])];
  style.remove();
  return rules;
}

function applies(media: string, system: System): boolean {
  if (media.includes("prefers-color-scheme: dark")) return system.dark;
  if (media.includes("prefers-contrast: more")) return system.contrast;
  return false;
}

/** Every variable of the root element, as the cascade leaves it: later rules win. */
function variables(theme: string, system: System): Map<string, string> {
  document.documentElement.dataset["theme"] = theme;
  const found = new Map<string, string>();
  const take = (rules: CSSRule[]) => {
    for (const rule of rules) {
      if (rule instanceof CSSMediaRule) {
        if (applies(rule.media.mediaText, system)) take([...rule.cssRules]);
      } else if (rule instanceof CSSStyleRule && document.documentElement.matches(rule.selectorText)) {
        for (const name of rule.style) found.set(name, rule.style.getPropertyValue(name).trim());
      }
    }
  };
  take(rulesOf(tokens));
  return found;
}

function colour(found: Map<string, string>, name: string): string {
  const value = found.get(`--${name}`) ?? "";
  const other = /^var\(--(.+)\)$/.exec(value)?.[1];
  return other === undefined ? value : colour(found, other);
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  expect(hex).toMatch(/^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

afterEach(() => {
  delete document.documentElement.dataset["theme"];
});

describe.each([
  { dark: false, contrast: false },
  { dark: true, contrast: false },
  { dark: false, contrast: true },
  { dark: true, contrast: true },
])("where the system says $dark, $contrast (dark, more contrast)", (system) => {
  test.each(["system", "light", "dark", "contrast"])("the theme %s can be read", (theme) => {
    const found = variables(theme, system);
    const strong = system.contrast || theme === "contrast";
    const faint = PAIRS.filter(([front, back]) => {
      return contrast(colour(found, front), colour(found, back)) < (strong ? 7 : 4.5);
    });
    expect(faint).toEqual([]);
    const lines = strong ? ["line", "control-line"] : ["control-line"];
    for (const line of lines) {
      expect(contrast(colour(found, line), colour(found, "surface"))).toBeGreaterThan(strong ? 7 : 3);
    }
  });

  test("a theme that is chosen is light or dark as its name says; the others are as the system has it", () => {
    const isDark = (theme: string) => {
      const found = variables(theme, system);
      return luminance(colour(found, "ground")) < luminance(colour(found, "text"));
    };
    expect(["light", "dark", "system", "contrast"].map(isDark)).toEqual([false, true, system.dark, system.dark]);
  });
});

test("where the system takes the colours, no state is told by its ground alone", () => {
  const STATES = /\[(?:aria-|data-)(?:current|selected|state|on|here)/;
  const told: string[] = [];
  const forced = new Set<string>();
  const parts = (selectors: string) => selectors.split(",").map((selector) => selector.trim());
  for (const rule of [button, field, surfaces, layout, rail].flatMap(rulesOf)) {
    if (rule instanceof CSSMediaRule) {
      if (!rule.media.mediaText.includes("forced-colors")) continue;
      for (const inner of rule.cssRules) {
        if (inner instanceof CSSStyleRule) for (const selector of parts(inner.selectorText)) forced.add(selector);
      }
    } else if (rule instanceof CSSStyleRule && STATES.test(rule.selectorText)) {
      const by = [...rule.style].filter((name) => !name.startsWith("border-radius"));
      const ground = by.some((name) => name.startsWith("background") || name === "box-shadow");
      const line = by.some((name) => name.startsWith("outline"));
      if (ground && !line) told.push(...parts(rule.selectorText));
    }
  }
  expect(told.length).toBeGreaterThan(5);
  expect(told.filter((selector) => !forced.has(selector))).toEqual([]);
});

test("a line is as strong as text where contrast is high, so no text stands on one", () => {
  const grounds = [button, field, surfaces, layout, rail].flatMap(rulesOf).flatMap((rule) => {
    const isOne = rule instanceof CSSStyleRule && /background[^;]*var\(--(?:control-)?line\)/.test(rule.cssText);
    return isOne ? [rule.selectorText] : [];
  });
  expect(grounds).toEqual([".divider"]);
});
