import type { Problem } from "../bridge/Problem";
import type { Said } from "../bridge/Said";
import type { ApiResponseError } from "../sdk/errors";
import { entryOf } from "../words/entries";
import { ADVICE_OF } from "../words/en-errors";
import type { Catalogue } from "../words/words";

/** Something that went wrong, in words; the machine's words are behind "Details". */
export interface Failure {
  message: string;
  code: string | null;
  traceId: string | null;
  /** When the instance takes the same again, where it said so; in milliseconds since the epoch. */
  retryAt?: number;
}

/** A failure split by where it is said: beside its field, or above the form. */
export interface PlacedFailure<Field extends string> {
  fields: Partial<Record<Field, string>>;
  form: Failure | null;
}

/** Comes with a wrong proof when few are left. */
const WARNING = "account_lockout_warning";

/**
 * Puts each error of an instance beside the field it names, and the rest above the form. The warning of a lock belongs to
 * the proof that was wrong, wherever that is said.
 *
 * `params` maps the wire's `param_name` to the fields of the screen.
 */
export function placeFailure<Field extends string>(
  error: ApiResponseError,
  params: Record<string, Field>,
  words: Catalogue,
): PlacedFailure<Field> {
  const fields: Partial<Record<Field, string>> = {};
  const rest: string[] = [];
  let warning: string | null = null;
  if (error.kind === "api") {
    for (const item of error.errors) {
      const sentence = sentenceFor(item, error, words);
      const field = item.meta.paramName === undefined ? undefined : params[item.meta.paramName];
      if (item.code === WARNING) warning = sentence;
      else if (field === undefined) rest.push(sentence);
      else fields[field] = fields[field] ? `${fields[field]} ${sentence}` : sentence;
    }
  } else {
    // The app says itself what happened to a request, such as whether it may have arrived.
    rest.push(sentenceOf(error, words));
  }
  if (warning !== null) {
    const [wrong] = Object.keys(fields) as Field[];
    if (wrong === undefined || rest.length > 0) rest.push(warning);
    else fields[wrong] = `${fields[wrong]} ${warning}`;
  }
  const form =
    rest.length === 0
      ? null
      : {
          message: [...new Set(rest)].join(" "),
          code: error.errors[0]?.code ?? null,
          traceId: error.clerkTraceId ?? null,
          ...(error.retryAfter !== undefined && { retryAt: Date.now() + error.retryAfter * 1000 }),
        };
  return { fields, form };
}

/** A failure that belongs to no field. */
export function plainFailure(
  error: ApiResponseError,
  words: Catalogue,
): Failure {
  return (
    placeFailure(error, {}, words).form ?? {
      message: sentenceOf(error, words),
      code: null,
      traceId: error.clerkTraceId ?? null,
    }
  );
}

/** What the app says of a failure, in the language of the window. */
export function sentenceOf({ said, message }: { said: Said | null; message: string }, words: Catalogue): string {
  if (!said) return message;
  const { reason, subject, detail } = said;
  return words.errors.reasons[reason]({
    name: subject ?? words.instance.local,
    local: subject === null,
    detail: detail ?? "",
  });
}

/** What keeps an instance from working, in the language of the window. */
export function problemOf(problem: Problem, words: Catalogue): string {
  return problem.said
    ? sentenceOf(problem, words)
    : (entryOf(words.errors.byCode, problem.code) ?? words.errors.foreign(problem.message));
}

/** A sentence that the screen has for a wrong proof, with the warning of a lock where the instance gave it. */
export function warned(sentence: string, error: ApiResponseError, words: Catalogue): string {
  return hasCode(error, WARNING) ? `${sentence} ${words.errors.byCode[WARNING]}` : sentence;
}

/** Whether the instance answered with this code. */
export function hasCode(error: ApiResponseError, code: string): boolean {
  return error.kind === "api" && error.errors.some((item) => item.code === code);
}

function sentenceFor(
  item: ApiResponseError["errors"][number],
  error: ApiResponseError,
  words: Catalogue,
): string {
  if (error.status === 429) return words.errors.tooFast(error.retryAfter);
  const known = entryOf(words.errors.byCode, item.code);
  const advice = (item.meta.zxcvbn?.suggestions ?? []).map(({ code, message }) => {
    const meant = ADVICE_OF[code];
    return meant ? words.errors.advice[meant] : message && words.errors.foreign(message);
  });
  if (known && advice.length > 0) return [known, ...advice.filter(Boolean)].join(" ");
  return known ?? words.errors.foreign(item.longMessage || item.message || error.message);
}
