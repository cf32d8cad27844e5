import { render, screen, waitFor } from "@testing-library/react";
import { expect, vi } from "vitest";

import { Preview } from "../preview/Preview";
import { STATES } from "../preview/states";
import { axeFindings } from "./axe";

/** Every state, by its name. */
export const EACH_STATE = STATES.map((state) => [state.id, state] as const);

/** Draws a state, waits until it stands, and holds it to what is true of every one. */
export async function expectAllWell(state: (typeof STATES)[number], language: "en" | "de"): Promise<void> {
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
  expect(await axeFindings()).toEqual([]);
  expect(errors).not.toHaveBeenCalled();
}
