import { useEffect, useState } from "react";

import type { Language } from "../bridge/Language";
import type { Theme } from "../bridge/Theme";
import { SnapshotStore } from "../sdk/store";
import { App } from "../window/App";
import { drawScreen } from "../window/screens";
import { chooseLanguage } from "../words/words";
import { DEFAULT_PREFERENCES } from "../app/preferences";
import type { PreviewState } from "./state";

/** The window in one state, on a stand-in for the app. */
export function Preview({
  state,
  theme = "system",
  language = "en",
  onPressed,
}: {
  state: PreviewState;
  theme?: Theme;
  language?: Language;
  /** Called once the state's button was found and pressed. */
  onPressed?: () => void;
}) {
  const { words } = chooseLanguage(language, []);
  const [languages] = useState([language]);
  const [store] = useState(() => {
    const app = state.app();
    app.on("app.preferences", () => ({ ...DEFAULT_PREFERENCES, ...state.preferences, theme, language }));
    return new SnapshotStore(app.bridge, app.snapshot);
  });

  useEffect(() => {
    const press = state.press?.(words);
    if (press === undefined) return;
    const pressed = () => {
      const buttons = document.querySelectorAll<HTMLElement>(".screen:not([hidden]) button, .rail > button");
      const named = [...buttons].find((button) => (button.getAttribute("aria-label") ?? button.textContent) === press);
      named?.click();
      if (named) onPressed?.();
      return named !== undefined;
    };
    if (pressed()) return;
    // Parts of a screen are drawn once the app has answered.
    const watch = new MutationObserver(() => {
      if (pressed()) watch.disconnect();
    });
    watch.observe(document.body, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
    };
  }, [state, words, onPressed]);

  const top = state.initial?.at(-1);
  return (
    <App
      store={store}
      languages={languages}
      {...(state.initial && { initial: state.initial })}
      draw={(screen) => (state.draw && screen === top ? state.draw(words) : drawScreen(screen))}
    />
  );
}
