import "@testing-library/jest-dom/vitest";

import { cleanup, configure, getConfig } from "@testing-library/react";
import { unstable_IdlePriority as IDLE, unstable_scheduleCallback as schedule } from "scheduler";
import { afterEach, vi } from "vitest";

import { quickenComputedStyle } from "./computed-style";

/** Waits until React has nothing left to draw. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    schedule(IDLE, () => {
      resolve();
    });
  });
}

const before = getConfig();
configure({
  // A busy machine takes its time; what never comes is still noticed.
  asyncUtilTimeout: 10_000,
  // What a person did has been drawn before the test looks, however busy the machine is.
  asyncWrapper: async (act) => {
    const result: unknown = await before.asyncWrapper(act);
    await drawn();
    return result;
  },
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  delete document.documentElement.dataset["theme"];
});

quickenComputedStyle();

// What jsdom lacks of a browser. Layout it has none, so scrolling has nothing to do.
Element.prototype.scrollIntoView = () => undefined;
HTMLCanvasElement.prototype.getContext = () => null;
if (!("showModal" in HTMLDialogElement.prototype)) {
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
      this.dispatchEvent(new Event("close"));
    },
  });
}
class NoLayout {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
}
vi.stubGlobal("ResizeObserver", NoLayout);
