import type { ApiError } from "../bridge/ApiError";
import type { ErrorKind } from "../bridge/ErrorKind";
import type { IntentError } from "../bridge/IntentError";
import type { Said } from "../bridge/Said";

/** One error of an instance, with the field it is about. */
export interface ApiErrorItem {
  code: string;
  message: string;
  longMessage: string;
  meta: {
    paramName?: string;
    sessionId?: string;
    /** Seconds until a lock ends, when the instance said so. */
    lockoutExpiresInSeconds?: number;
    /** Why a password is easy to guess, and what would help. */
    zxcvbn?: { suggestions: { code: string; message: string }[] };
  };
}

/**
 * What every method of the SDK throws.
 *
 * It has the shape that code written for Clerk's SDKs looks for (`clerkError`, `errors`, `status`, `clerkTraceId`,
 * `retryAfter`), and says in `kind` when it was not the instance that refused.
 */
export class ApiResponseError extends Error {
  readonly clerkError = true;
  readonly kind: ErrorKind;
  readonly errors: ApiErrorItem[];
  readonly status: number;
  readonly clerkTraceId: string | undefined;
  /** Seconds to wait, when the instance said so. */
  readonly retryAfter: number | undefined;
  /** What happened in parts, for a window with sentences of its own; null where the instance says it. */
  readonly said: Said | null;

  constructor(error: IntentError) {
    super(error.message);
    this.name = "ClerkAPIResponseError";
    this.kind = error.kind;
    this.status = error.status ?? 0;
    this.clerkTraceId = error.trace_id ?? undefined;
    this.retryAfter = error.retry_after_seconds ?? undefined;
    this.said = error.said;
    const items = error.errors.map(toItem);
    this.errors = items.length > 0 ? items : [plainItem(error)];
  }
}

/** Whether an unknown value thrown at the caller is one of ours. */
export function isClerkAPIResponseError(value: unknown): value is ApiResponseError {
  return value instanceof ApiResponseError;
}

/** Makes the one error type out of whatever a command rejected with. */
export function toApiResponseError(value: unknown): ApiResponseError {
  if (value instanceof ApiResponseError) return value;
  if (isIntentError(value)) return new ApiResponseError(value);
  const message = value instanceof Error ? value.message : typeof value === "string" ? value : "";
  return new ApiResponseError({
    kind: "protocol",
    message: message || "The app did not answer as expected. Try again.",
    errors: [],
    status: null,
    trace_id: null,
    retry_after_seconds: null,
    said: { reason: "answer_unusable", subject: null, detail: message || null },
  });
}

/** Runs an intent so that it can only fail with {@link ApiResponseError}. */
export async function intent<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toApiResponseError(error);
  }
}

function isIntentError(value: unknown): value is IntentError {
  return typeof value === "object" && value !== null && "kind" in value && "errors" in value;
}

function toItem(error: ApiError): ApiErrorItem {
  const { param_name: paramName, session_id: sessionId } = error.meta ?? {};
  // Details that are not part of the shape travel along as the instance sent them.
  const others = (error.meta ?? {}) as Record<string, unknown>;
  const lockoutExpiresInSeconds = others["lockout_expires_in_seconds"];
  const suggestions = suggestionsIn(others["zxcvbn"]);
  return {
    code: error.code,
    message: error.message,
    longMessage: error.long_message,
    meta: {
      ...(paramName && { paramName }),
      ...(sessionId && { sessionId }),
      ...(typeof lockoutExpiresInSeconds === "number" && { lockoutExpiresInSeconds }),
      ...(suggestions.length > 0 && { zxcvbn: { suggestions } }),
    },
  };
}

function suggestionsIn(zxcvbn: unknown): { code: string; message: string }[] {
  const list = (zxcvbn as { suggestions?: unknown } | null | undefined)?.suggestions;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { code, message } = (entry ?? {}) as Record<string, unknown>;
    return typeof code === "string" ? [{ code, message: typeof message === "string" ? message : "" }] : [];
  });
}

/** Failures that no instance reported still carry one entry, so that `errors[0]` is always there. */
function plainItem(error: IntentError): ApiErrorItem {
  return { code: error.kind, message: error.message, longMessage: error.message, meta: {} };
}
