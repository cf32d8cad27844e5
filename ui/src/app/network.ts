import { useCallback, useEffect, useState } from "react";

import type { NetworkView } from "../bridge/NetworkView";
import type { ProxyChoice } from "../bridge/ProxyChoice";
import { type ApiResponseError, intent, toApiResponseError } from "../sdk/errors";
import { useBridge } from "./context";

/** What a screen about the network shows. */
export type NetworkState =
  | { state: "loading" }
  | { state: "ready"; network: NetworkView }
  | { state: "failed"; error: ApiResponseError };

/** How the app gets out, and what can be done about it; each change answers how it is then. */
export interface NetworkRoom {
  network: NetworkState;
  again: () => void;
  /** An absent password leaves the one that is kept for this very proxy. */
  setProxy: (proxy: ProxyChoice, password?: string) => Promise<void>;
  /** The app has the person pick a file; nothing changes where they pick none. */
  addAuthorities: () => Promise<void>;
  removeAuthority: (fingerprint: string) => Promise<void>;
}

/** Asks when the screen comes, and again when the window is come back to: the desktop's settings may be others. */
export function useNetwork(): NetworkRoom {
  const bridge = useBridge();
  const [network, setNetwork] = useState<NetworkState>({ state: "loading" });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let stale = false;
    const ask = () => {
      bridge.app({ type: "network" }).then(
        (answer) => {
          if (!stale) setNetwork({ state: "ready", network: answer });
        },
        (error: unknown) => {
          if (!stale) setNetwork({ state: "failed", error: toApiResponseError(error) });
        },
      );
    };
    ask();
    window.addEventListener("focus", ask);
    return () => {
      stale = true;
      window.removeEventListener("focus", ask);
    };
  }, [bridge, round]);
  const take = useCallback(async (change: Promise<NetworkView>) => {
    setNetwork({ state: "ready", network: await intent(change) });
  }, []);
  return {
    network,
    again: () => {
      setNetwork({ state: "loading" });
      setRound(round + 1);
    },
    setProxy: (proxy, password) =>
      take(bridge.app({ type: "set_proxy", proxy, ...(password !== undefined && { password }) })),
    addAuthorities: () => take(bridge.app({ type: "add_authorities" })),
    removeAuthority: (fingerprint) => take(bridge.app({ type: "remove_authority", fingerprint })),
  };
}
