import { createContext, useCallback, useContext, useEffect, useRef } from "react";

import { ApiResponseError, isClerkAPIResponseError } from "./errors";
import type { VerificationLevel } from "./resources/session-verification";

/** The code of whoever did not want to prove anew who they are. */
const CANCELLED = "reverification_cancelled";
/** The code of an instance that wants it. */
const REQUIRED = "session_reverification_required";

/** Somebody has to prove anew who they are before something is done. */
export interface NeedsReverification {
  /** Call once that is done: what was refused is asked for again. */
  complete: () => void;
  /** Call where it is not wanted. */
  cancel: () => void;
  /** What is asked for; undefined where whoever asks does not say. */
  level: VerificationLevel | undefined;
}

export interface UseReverificationOptions {
  /** Asks in place of the window's own dialog. */
  onNeedsReverification?: (needs: NeedsReverification) => void;
}

const AskContext = createContext<((needs: NeedsReverification) => void) | null>(null);

/** Says who asks people to prove anew who they are, for everything below. */
export const ReverificationProvider = AskContext;

/**
 * Wraps something that an instance, or an application's own server, may refuse until somebody proves anew who they are.
 * They are asked for it then, and it is done once more. Who cancels has it rejected, see {@link isReverificationCancelledError}.
 */
export function useReverification<Fetcher extends (...args: never[]) => Promise<unknown>>(
  fetcher: Fetcher,
  options: UseReverificationOptions = {},
): Fetcher {
  const ask = useContext(AskContext);
  const current = useRef({ fetcher, ask: options.onNeedsReverification ?? ask });
  useEffect(() => {
    current.current = { fetcher, ask: options.onNeedsReverification ?? ask };
  });
  const wrapped = useCallback(
    async (...args: Parameters<Fetcher>): Promise<unknown> => {
      const { fetcher, ask } = current.current;
      const first = await tried(() => fetcher(...args));
      const needed = await neededBy(first);
      if (!needed) return settle(first);
      if (!ask) {
        throw new Error("useReverification needs a dialog above it, or onNeedsReverification.");
      }
      await new Promise<void>((resolve, reject) => {
        ask({
          level: needed.level,
          complete: resolve,
          cancel: () => {
            reject(cancelled());
          },
        });
      });
      return settle(await tried(() => fetcher(...args)));
    },
    [],
  );
  // It takes and gives what the fetcher does.
  return wrapped as unknown as Fetcher;
}

/** Whether somebody did not want to prove anew who they are. */
export function isReverificationCancelledError(error: unknown): boolean {
  return isClerkAPIResponseError(error) && error.errors.some(({ code }) => code === CANCELLED);
}

type Tried = { value: unknown } | { error: unknown };

async function tried(work: () => Promise<unknown>): Promise<Tried> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function settle(result: Tried): unknown {
  if ("error" in result) throw result.error;
  return result.value;
}

/** Whether what came back says that a fresh proof is needed, and which. */
async function neededBy(result: Tried): Promise<{ level: VerificationLevel | undefined } | null> {
  if ("error" in result) {
    const { error } = result;
    const refused = isClerkAPIResponseError(error) && error.errors.some(({ code }) => code === REQUIRED);
    return refused ? { level: undefined } : null;
  }
  const { value } = result;
  if (value instanceof Response) {
    if (value.status !== 403) return null;
    // The caller still wants to read it.
    return hintOf(await value.clone().json().catch(() => null));
  }
  return hintOf(value);
}

/** What the server of an application says by `{ clerk_error: { type, reason, metadata } }`. */
function hintOf(value: unknown): { level: VerificationLevel | undefined } | null {
  const error = partOf(value, "clerk_error");
  if (partOf(error, "type") !== "forbidden" || partOf(error, "reason") !== "reverification-error") return null;
  const wanted = partOf(partOf(error, "metadata"), "reverification");
  const level = typeof wanted === "string" ? PRESETS[wanted] : partOf(wanted, "level");
  return { level: LEVELS.find((known) => known === level) };
}

const LEVELS: VerificationLevel[] = ["first_factor", "second_factor", "multi_factor"];
const PRESETS: Partial<Record<string, VerificationLevel>> = {
  strict_mfa: "multi_factor",
  strict: "second_factor",
  moderate: "second_factor",
  lax: "second_factor",
};

function partOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function cancelled(): ApiResponseError {
  return new ApiResponseError({
    kind: "refused",
    message: "This was not confirmed, so nothing was done.",
    errors: [
      {
        code: CANCELLED,
        message: "Cancelled",
        long_message: "Who it is was not proven anew, so nothing was done.",
      },
    ],
    status: null,
    trace_id: null,
    retry_after_seconds: null,
    said: null,
  });
}
