import { useCallback } from "react";

import { type AccountEntry, useAccounts } from "./accounts";
import { useNavigation } from "./navigation";

/** Shows an account: what is its own, or, where it has to sign in again, the way back in. */
export function useShowAccount(): (account: AccountEntry) => void {
  const { open, home } = useNavigation();
  const { select } = useAccounts();
  return useCallback(
    (account) => {
      if (account.needsSignIn) {
        open({
          name: "sign-in",
          instance: account.instance.id,
          ...(account.email !== null && { email: account.email }),
        });
        return;
      }
      home();
      // The snapshot says what is shown; a refusal leaves what was.
      if (!account.active) void select(account.key).catch(() => undefined);
    },
    [home, open, select],
  );
}
