import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";

import { InstanceClient, type InstanceState } from "./instance-client";
import type { SnapshotStore } from "./store";

const InstanceContext = createContext<InstanceClient | null>(null);

/** Gives the hooks below it one instance to speak of. */
export function ClerkProvider({
  store,
  instance,
  children,
}: {
  store: SnapshotStore;
  /** The random id that the app gave the instance. */
  instance: string;
  children: ReactNode;
}) {
  const client = useMemo(() => new InstanceClient(store, instance), [store, instance]);
  return <InstanceContext value={client}>{children}</InstanceContext>;
}

/** The instance client of the nearest provider; throws when there is none. */
export function useInstanceClient(hook: string): InstanceClient {
  const client = useContext(InstanceContext);
  if (!client) throw new Error(`${hook} can only be used inside <ClerkProvider>.`);
  return client;
}

/** The instance's state, drawn again at every change of it. */
export function useInstanceState(hook: string): [InstanceClient, InstanceState] {
  const client = useInstanceClient(hook);
  const state = useSyncExternalStore(client.store.subscribe, client.getState);
  return [client, state];
}
