import type { SignUpVerification } from "../../bridge/SignUpVerification";
import type { Verification } from "../../bridge/Verification";
import { dateOf } from "./dates";

/** How far the proof of one address or factor has come. */
export interface VerificationResource {
  status: string | null;
  strategy: string | null;
  attempts: number | null;
  expireAt: Date | null;
  /** `needs_prepare`, `needs_attempt` or empty; only at a sign-up. */
  nextAction: string | null;
  supportedStrategies: string[];
  error: { code: string; message: string; longMessage: string } | null;
}

/** Reads what the instance says of a verification; absent parts are null. */
export function toVerification(raw: Verification | SignUpVerification | null): VerificationResource {
  const atSignUp = raw !== null && "next_action" in raw ? raw : null;
  return {
    status: raw?.status || null,
    strategy: raw?.strategy || null,
    attempts: raw?.attempts ?? null,
    expireAt: dateOf(raw?.expire_at),
    nextAction: atSignUp?.next_action ?? null,
    supportedStrategies: atSignUp?.supported_strategies ?? [],
    error: raw?.error
      ? { code: raw.error.code, message: raw.error.message, longMessage: raw.error.long_message }
      : null,
  };
}
