import type { CeremonyPurpose } from "../../bridge/CeremonyPurpose";

/** Whether the PIN is asked for by the lock of the app. */
export function isOfLock({ type }: CeremonyPurpose): boolean {
  return type === "turn_lock_on" || type === "turn_lock_off" || type === "unlock";
}

/** Whether a password is saved, or one that is saved is used. */
export function isOfPassword({ type }: CeremonyPurpose): boolean {
  return type === "keep_password" || type === "use_password";
}

/** Whether the PIN is asked for a passkey, or as that of passkeys. */
export function isOfPasskey(purpose: CeremonyPurpose): boolean {
  return !isOfLock(purpose) && !isOfPassword(purpose);
}
