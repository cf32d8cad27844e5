import { useCallback } from "react";

import type { VaultView } from "../bridge/VaultView";
import { intent } from "../sdk/errors";
import { useBridge, useSnapshot } from "./context";

/** The keychain's state, and a way to ask it again. */
export function useVault(): { vault: VaultView; recheck: () => Promise<void> } {
  const bridge = useBridge();
  const { vault } = useSnapshot();
  const recheck = useCallback(async () => {
    await intent(bridge.app({ type: "recheck_vault" }));
  }, [bridge]);
  return { vault, recheck };
}
