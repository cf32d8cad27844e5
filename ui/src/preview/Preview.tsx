import { useEffect, useState } from "react";

import type { Theme } from "../bridge/Theme";
import { SnapshotStore } from "../sdk/store";
import { App } from "../window/App";
import { drawScreen } from "../window/screens";
import type { PreviewState } from "./state";

/** The window in one state, on a stand-in for the app. */
export function Preview({ state, theme }: { state: PreviewState; theme?: Theme }) {
  const [store] = useState(() => {
    const app = state.app();
    if (theme) app.on("app.preferences", () => ({ theme }));
    return new SnapshotStore(app.bridge, app.snapshot);
  });

  useEffect(() => {
    if (state.press === undefined) return;
    const named = [...document.querySelectorAll<HTMLElement>(".screen:not([hidden]) button")].find(
      (button) => (button.getAttribute("aria-label") ?? button.textContent) === state.press,
    );
    named?.click();
  }, [state]);

  const top = state.initial?.at(-1);
  return (
    <App
      store={store}
      languages={["en"]}
      {...(state.initial && { initial: state.initial })}
      draw={(screen) => (state.draw && screen === top ? state.draw() : drawScreen(screen))}
    />
  );
}
