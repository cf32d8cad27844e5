import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from "react";

import type { Bridge } from "../bridge/commands";
import type { Snapshot } from "../bridge/Snapshot";
import type { SnapshotStore } from "../sdk/store";

const StoreContext = createContext<SnapshotStore | null>(null);

/** Gives the whole window the app's state and follows it while mounted. */
export function AppProvider({ store, children }: { store: SnapshotStore; children: ReactNode }) {
  useEffect(() => store.start(), [store]);
  return <StoreContext value={store}>{children}</StoreContext>;
}

/** The store that everything is read from. */
export function useStore(): SnapshotStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("The app's state can only be read inside <AppProvider>.");
  return store;
}

/** The app's commands, for what the SDK has no name for. */
export function useBridge(): Bridge {
  return useStore().bridge;
}

/** The whole state, for what lies across instances. */
export function useSnapshot(): Snapshot {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
