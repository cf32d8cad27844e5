import type { Verification } from "../../bridge/Verification";

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
export function toVerification(raw: Verification | null | undefined): VerificationResource {
  const value = (raw ?? {}) as Record<string, unknown>;
  return {
    status: text(value["status"]),
    strategy: text(value["strategy"]),
    attempts: value["attempts"] == null ? null : Number(value["attempts"]),
    expireAt: value["expire_at"] == null ? null : new Date(Number(value["expire_at"])),
    nextAction: text(value["next_action"]),
    supportedStrategies: Array.isArray(value["supported_strategies"])
      ? value["supported_strategies"].filter((item): item is string => typeof item === "string")
      : [],
    error: toError(value["error"]),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function toError(value: unknown): VerificationResource["error"] {
  if (typeof value !== "object" || value === null) return null;
  const error = value as Record<string, unknown>;
  const message = text(error["message"]) ?? "";
  return {
    code: text(error["code"]) ?? "",
    message,
    longMessage: text(error["long_message"]) ?? message,
  };
}
