import { useMemo } from "react";

import type { AppRequest } from "../bridge/AppRequest";
import type { VaultView } from "../bridge/VaultView";
import { intent } from "../sdk/errors";
import { useBridge, useSnapshot } from "./context";

/** Fewest characters of a passphrase; the app holds to the same. */
export const SHORTEST_PASSPHRASE = 12;

/** What keeps secrets, and what can be done with it. */
export interface Vault {
  vault: VaultView;
  /** Asks it again. */
  recheck: () => Promise<void>;
  unlock: (passphrase: string) => Promise<void>;
  lock: () => Promise<void>;
  moveToPassphrase: (passphrase: string) => Promise<void>;
  moveToKeychain: () => Promise<void>;
  changePassphrase: (passphrase: string, next: string) => Promise<void>;
}

/** The keychain, or the vault behind a passphrase that stands in its place. */
export function useVault(): Vault {
  const bridge = useBridge();
  const { vault } = useSnapshot();
  return useMemo(() => {
    const ask = async (request: AppRequest) => {
      await intent(bridge.app(request));
    };
    return {
      vault,
      recheck: () => ask({ type: "recheck_vault" }),
      unlock: (passphrase) => ask({ type: "unlock_vault", passphrase }),
      lock: () => ask({ type: "lock_vault" }),
      moveToPassphrase: (passphrase) => ask({ type: "move_to_passphrase", passphrase }),
      moveToKeychain: () => ask({ type: "move_to_keychain" }),
      changePassphrase: (passphrase, next) =>
        ask({ type: "change_passphrase", passphrase, new_passphrase: next }),
    };
  }, [bridge, vault]);
}
