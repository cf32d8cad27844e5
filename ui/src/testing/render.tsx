import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, vi } from "vitest";

import { AppProvider } from "../app/context";
import type { Screen } from "../app/navigation";
import { ClerkProvider } from "../sdk/provider";
import { SnapshotStore } from "../sdk/store";
import { App } from "../window/App";
import { axeFindings } from "./axe";
import { LOCAL } from "./fixtures";
import type { StandIn } from "./stand-in";

/** Draws the whole window on a stand-in for the app, with these screens open above the home screen. */
export async function openApp(app: StandIn, screens: Screen[] = []): Promise<UserEvent> {
  const store = new SnapshotStore(app.bridge, app.snapshot);
  // Waits for what the stand-in answers at once.
  await act(async () => {
    render(<App store={store} languages={["en"]} initial={screens} />);
    await Promise.resolve();
  });
  return userEvent.setup({ delay: null });
}

/** Draws something that speaks of one instance, below the SDK's provider. */
export async function renderAt(app: StandIn, children: ReactNode, instance = LOCAL): Promise<void> {
  const store = new SnapshotStore(app.bridge, app.snapshot);
  await act(async () => {
    render(
      <AppProvider store={store}>
        <ClerkProvider store={store} instance={instance}>
          {children}
        </ClerkProvider>
      </AppProvider>,
    );
    await Promise.resolve();
  });
}

/** Changes something outside the window, and waits until it has been drawn. */
export async function outside(change: () => void): Promise<void> {
  await act(async () => {
    change();
    await Promise.resolve();
  });
}

/** Takes the window out of sight; the page is told of it, and of its coming back, as a browser does. */
export function outOfSight(): { told: () => Promise<void>; back: () => Promise<void> } {
  const state = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const told = () => outside(() => fireEvent(document, new Event("visibilitychange")));
  return {
    told,
    back: () => {
      state.mockRestore();
      return told();
    },
  };
}

/** Stops the clock; {@link pass} moves it. */
export function stopClock(now: number): void {
  vi.useFakeTimers({ now, toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
}

/** Moves the stopped clock, and draws what follows from it. */
export async function pass(milliseconds: number): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });
}

/** Puts a text into a field in place of what is there. */
export async function fill(user: UserEvent, label: string, text: string): Promise<void> {
  const field = screen.getByLabelText(label);
  await user.clear(field);
  await user.click(field);
  await user.paste(text);
}

/** The words that belong to a field: its hint or its error. */
export function noteOf(label: string): string {
  const id = screen.getByLabelText(label).getAttribute("aria-describedby");
  return document.getElementById(id ?? "")?.textContent ?? "";
}

/** Has axe judge what is on screen; colours and sizes need layout, which jsdom has not. */
export async function expectNoAxeFindings(): Promise<void> {
  expect(await axeFindings()).toEqual([]);
}
