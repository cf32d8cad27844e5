import type { ReactNode } from "react";

import { AppProvider } from "../app/context";
import { Spoken } from "../app/language";
import { NavigationProvider, type Screen } from "../app/navigation";
import { PreferencesProvider } from "../app/preferences";
import { Presence } from "../app/presence";
import type { SnapshotStore } from "../sdk/store";
import { drawScreen } from "./screens";
import { Window } from "./Window";

/** The whole window, on the app's state. */
export function App({
  store,
  languages,
  initial,
  draw = drawScreen,
}: {
  store: SnapshotStore;
  /** Language tags in the order of preference; the system's when left out. */
  languages?: readonly string[];
  /** Screens that are open at first, for previews and tests. */
  initial?: Screen[];
  /** How each screen is drawn; previews draw one in a given state. */
  draw?: (screen: Screen) => ReactNode;
}) {
  return (
    <AppProvider store={store}>
      <Presence />
      <PreferencesProvider>
        <Spoken {...(languages && { wanted: languages })}>
          <NavigationProvider {...(initial && { initial })}>
            <Window draw={draw} />
          </NavigationProvider>
        </Spoken>
      </PreferencesProvider>
    </AppProvider>
  );
}
