import { useCallback } from "react";

import { type AccountEntry, useAccounts } from "./accounts";
import { useNavigation } from "./navigation";

/** Shows an account: what is its own, or, where it has to sign in again, why, and the way back in. */
export function useShowAccount(): (account: AccountEntry) => void {
  const { home } = useNavigation();
  const { select } = useAccounts();
  return useCallback(
    (account) => {
      home();
      // The snapshot says what is shown; a refusal leaves what was.
      if (!account.active) void select(account.key).catch(() => undefined);
    },
    [home, select],
  );
}
