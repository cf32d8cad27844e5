import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";

import type { Preferences } from "../bridge/Preferences";
import { intent } from "../sdk/errors";
import { useBridge } from "./context";

/** What is on or off. */
export type Switches = Omit<Preferences, "theme" | "language" | "after_sign_out" | "lock_after">;

/** What is chosen until the app has said what was. */
export const DEFAULT_PREFERENCES: Preferences = {
  theme: "system",
  language: "system",
  after_sign_out: "choose",
  keep_running: false,
  notices: true,
  start_at_login: false,
  programs: false,
  tools: false,
  by_port: false,
  lock_after: 5,
};

interface PreferencesValue {
  preferences: Preferences;
  /** Shows a change at once, and takes it back where it cannot be kept. */
  set: (change: Partial<Preferences>) => Promise<void>;
}

const PreferencesContext = createContext<PreferencesValue | null>(null);

/** Reads the preferences at start and keeps the document's theme in step with them. */
export function PreferencesProvider({
  initial = DEFAULT_PREFERENCES,
  children,
}: {
  initial?: Preferences;
  children: ReactNode;
}) {
  const bridge = useBridge();
  const [preferences, setPreferences] = useState(initial);

  useEffect(() => {
    let stale = false;
    bridge.app({ type: "preferences" }).then(
      (answer) => {
        if (!stale) setPreferences(answer);
      },
      (error: unknown) => {
        // The window is usable without them; the system's colours stay.
        console.error("The preferences could not be read.", error);
      },
    );
    return () => {
      stale = true;
    };
  }, [bridge]);

  useEffect(() => {
    document.documentElement.dataset["theme"] = preferences.theme;
  }, [preferences.theme]);

  const set = useCallback(
    async (change: Partial<Preferences>) => {
      const before = preferences;
      const after = { ...before, ...change };
      setPreferences(after);
      try {
        await intent(bridge.app({ type: "set_preferences", preferences: after }));
      } catch (error) {
        setPreferences(before);
        throw error;
      }
    },
    [bridge, preferences],
  );

  const value = useMemo<PreferencesValue>(
    () => ({
      preferences,
      set,
    }),
    [preferences, set],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

/** What the person chose for the window, and how to change it. */
export function usePreferences(): PreferencesValue {
  const value = useContext(PreferencesContext);
  if (!value) throw new Error("Preferences can only be read inside <PreferencesProvider>.");
  return value;
}
