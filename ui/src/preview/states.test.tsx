import { render, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { expect, test, vi } from "vitest";

import { Preview } from "./Preview";
import { STATES } from "./states";

/** Needs layout or colours, which jsdom has not; both are judged on the pictures of `cargo xtask screenshots`. */
const BY_EYE = { "color-contrast": { enabled: false }, "target-size": { enabled: false } };

test("every state has an address of its own", () => {
  const ids = STATES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(STATES.map((state) => [state.id, state] as const))("%s: axe finds nothing", async (_id, state) => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  render(<Preview state={state} />);
  await waitFor(() => {
    expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
  });
  // Answers that were there at once have been drawn by now.
  await screen.findByRole("main");
  const { violations } = await axe.run(document.body, { rules: BY_EYE });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  expect(errors).not.toHaveBeenCalled();
});
