import { useEffect } from "react";

import { isShortcut } from "../app/platform";

/** What the window's own keys do. */
export interface Shortcuts {
  /** Shows the account at a place of the rail, the first being 0. */
  onAccount: (index: number) => void;
  onAdd: () => void;
  onSettings: () => void;
  onFind: () => void;
  /** Shuts the lock of the app, where there is one. */
  onLock: () => void;
}

/** Listens for the window's own keys: Ctrl or ⌘ with 1…9, N, K, L and comma, and Escape to go back. */
export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A question that has to be answered first keeps every key to itself.
      if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open]")) return;
      if (event.key === "Escape") {
        if (pressBack()) event.preventDefault();
        return;
      }
      if (!isShortcut(event)) return;
      const digit = /^[1-9]$/.exec(event.key) ?? /(?<=^Digit)[1-9]$/.exec(event.code);
      if (digit) shortcuts.onAccount(Number(digit[0]) - 1);
      else if (event.key.toLowerCase() === "n") shortcuts.onAdd();
      else if (event.key.toLowerCase() === "k") shortcuts.onFind();
      else if (event.key.toLowerCase() === "l") shortcuts.onLock();
      else if (event.key === ",") shortcuts.onSettings();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => {
      window.removeEventListener("keydown", listen);
    };
  }, [shortcuts]);
}

/**
 * Escape does what the Back button in sight does, whatever step the screen is at. A form within the page goes first:
 * the one that is being filled in, else the last that is open.
 */
function pressBack(): boolean {
  const form = document.activeElement?.closest(".screen:not([hidden]) form");
  const button =
    form?.querySelector<HTMLElement>("[data-back]") ??
    [...document.querySelectorAll<HTMLElement>(".screen:not([hidden]) [data-back]")].at(-1);
  button?.click();
  return button !== undefined;
}
