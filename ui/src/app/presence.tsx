import { useEffect } from "react";

import { useBridge } from "./context";

/** How often at most the app is told that the window is used, in milliseconds. */
const COARSE = 60_000;
/** What using the window is made of. */
const USES = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/**
 * Tells the app whether the window is in sight, and once a minute at most that it is used: what nobody looks at is not
 * kept fresh. What is typed or pointed at is not told.
 */
export function Presence() {
  const bridge = useBridge();
  useEffect(() => {
    let told = -Infinity;
    const tell = () => {
      told = performance.now();
      const in_sight = document.visibilityState === "visible";
      bridge.app({ type: "present", in_sight }).catch((error: unknown) => {
        // The app then goes by what it knows itself; nothing is shown of it.
        console.error("The app was not told that the window is in use.", error);
      });
    };
    const used = () => {
      if (performance.now() - told >= COARSE) tell();
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    window.addEventListener("focus", used);
    for (const use of USES) window.addEventListener(use, used, { passive: true });
    return () => {
      document.removeEventListener("visibilitychange", tell);
      window.removeEventListener("focus", used);
      for (const use of USES) window.removeEventListener(use, used);
    };
  }, [bridge]);
  return null;
}
