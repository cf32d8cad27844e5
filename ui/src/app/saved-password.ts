import { useMemo } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { intent } from "../sdk/errors";
import { isPasskeyCancelledError } from "../sdk/resources/passkey";
import { useBridge, useSnapshot } from "./context";

/** The password that is saved on this device for an instance. */
export interface SavedPassword {
  /** Whose it is; null where none is saved, or that is not known. */
  identifier: string | null;
  /** Whether one can be saved. */
  maySave: boolean;
  /**
   * Saves one in place of the one before; a PIN is chosen where there is none. False where the person would rather not.
   */
  save: (identifier: string, password: string) => Promise<boolean>;
  forget: () => Promise<void>;
}

/** The password that is saved on this device for an instance, and what can be done with it. */
export function useSavedPassword({ id: instance, saved_password: saved }: InstanceView): SavedPassword {
  const bridge = useBridge();
  const { vault } = useSnapshot();
  return useMemo(
    () => ({
      identifier: saved.type === "kept" ? saved.identifier : null,
      maySave: saved.type !== "unknown" && vault.state === "ready",
      save: async (identifier, password) => {
        try {
          await intent(
            bridge.instance({ type: "set_credentials", instance, identifier, password, may_choose_pin: true }),
          );
          return true;
        } catch (error) {
          if (isPasskeyCancelledError(error)) return false;
          throw error;
        }
      },
      forget: async () => {
        await intent(bridge.instance({ type: "clear_credentials", instance }));
      },
    }),
    [bridge, instance, saved, vault.state],
  );
}

/** Whether two identifiers name the same account; instances take them in any case. */
export function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Whether somebody of this name is signed in at an instance. */
export function isSignedIn({ client }: InstanceView, identifier: string): boolean {
  return (client?.sessions ?? [])
    .filter(({ status }) => status === "active" || status === "pending")
    .some(({ user }) => {
      const names = [
        ...(user?.email_addresses ?? []).map(({ email_address }) => email_address),
        ...(user?.phone_numbers ?? []).map(({ phone_number }) => phone_number),
        user?.username ?? "",
      ];
      return names.some((name) => isSame(name, identifier));
    });
}
