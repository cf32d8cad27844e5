import type { CeremonyPurpose } from "../../bridge/CeremonyPurpose";

/** Whether the PIN is asked for by the lock of the app, and not for a passkey. */
export function isOfLock({ type }: CeremonyPurpose): boolean {
  return type === "turn_lock_on" || type === "turn_lock_off" || type === "unlock";
}
