import { useCallback, useSyncExternalStore } from "react";

import { toApiResponseError } from "../sdk/errors";
import { type Failure, hasCode } from "./failure";

/** The least time between two codes, in milliseconds, when the instance names none. */
export const RESEND_AFTER = 30_000;

/** How often a countdown looks at the clock, in milliseconds. */
const TICK = 250;

/** Where the entry of a code stands. */
export interface CodeEntry {
  code: string;
  /** Rises with every code that was refused. */
  attempt: number;
  /** Why the last code was refused. */
  error: string | null;
  /** What was done instead, such as sending another code. */
  notice: string | null;
  failure: Failure | null;
  /** When another code may be asked for, in milliseconds since the epoch; null is now. */
  resendAt: number | null;
  /** Whether the code that the step began with could not be sent: there is none to enter then. */
  unsent: boolean;
}

export type CodeEvent =
  | { type: "typed"; code: string }
  | { type: "refused"; error: string }
  | { type: "unfinished"; error: string }
  | { type: "sent"; notice: string | null; resendAt: number }
  | { type: "too_soon"; resendAt: number }
  | { type: "unsent" }
  | { type: "failed"; failure: Failure };

/** An entry that has just begun. */
export function beginCodeEntry(resendAt: number | null): CodeEntry {
  return { code: "", attempt: 0, error: null, notice: null, failure: null, resendAt, unsent: false };
}

/** The entry after something happened. A refused code is cleared; an unfinished one and a fault of the network keep it. */
export function codeEntry(state: CodeEntry, event: CodeEvent): CodeEntry {
  switch (event.type) {
    case "typed":
      return {
        ...state,
        code: event.code,
        error: event.code ? null : state.error,
        notice: null,
        failure: null,
      };
    case "refused":
      return {
        ...state,
        code: "",
        attempt: state.attempt + 1,
        error: event.error,
        notice: null,
        failure: null,
      };
    case "unfinished":
      return { ...state, attempt: state.attempt + 1, error: event.error, notice: null, failure: null };
    case "sent":
      return {
        ...state,
        code: "",
        attempt: state.attempt + 1,
        error: null,
        notice: event.notice,
        failure: null,
        resendAt: event.resendAt,
        unsent: false,
      };
    case "too_soon":
      return { ...state, failure: null, resendAt: event.resendAt, unsent: false };
    case "unsent":
      // Another one may have been sent before.
      return { ...state, unsent: state.resendAt === null };
    case "failed":
      return { ...state, failure: event.failure, notice: null };
  }
}

/** Whole seconds until a time, counted down while mounted; 0 once it has come. */
export function useCountdown(until: number | null): number {
  const follow = useCallback(
    (tell: () => void) => {
      if (until === null) return () => undefined;
      const timer = setInterval(() => {
        tell();
        if (Date.now() >= until) clearInterval(timer);
      }, TICK);
      return () => clearInterval(timer);
    },
    [until],
  );
  return useSyncExternalStore(follow, () => secondsUntil(until));
}

function secondsUntil(time: number | null): number {
  return time === null ? 0 : Math.max(0, Math.ceil((time - Date.now()) / 1000));
}

/** Has a code sent; one that was sent a moment ago will do. Answers when another may be asked for. */
export async function sendCode(prepare: () => Promise<unknown>): Promise<number> {
  try {
    await prepare();
    return Date.now() + RESEND_AFTER;
  } catch (error) {
    const refusal = toApiResponseError(error);
    if (!hasCode(refusal, "verification_code_too_many_requests")) throw refusal;
    return Date.now() + (refusal.retryAfter ?? RESEND_AFTER / 1000) * 1000;
  }
}
