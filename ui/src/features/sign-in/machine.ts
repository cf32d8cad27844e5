import {
  type FirstMethod,
  firstMethodsOf,
  isReset,
  isSent,
  type SecondMethod,
  secondMethodsOf,
  type SentMethod,
} from "../../app/factors";
import type { Failure } from "../../app/failure";
import type { ApiErrorItem } from "../../sdk/errors";
import type { SignInResource } from "../../sdk/resources/sign-in";

/** Why a sign-in cannot go on in this app. */
export type Blocked =
  | "second_factor"
  | "client_trust"
  | "no_method"
  | "locked"
  | "banned"
  | "deactivated"
  | "unknown";

/** Why a second factor is asked for: the user has one, or the device is new. */
export type SecondReason = "second_factor" | "client_trust";

/**
 * The steps of a sign-in.
 *
 * `identifier → password ⇄ code ⇄ passkey → second_factor → finishing`, from `identifier` straight to its end by a passkey,
 * without the second factor where none is asked for, by way of
 * `new_password` where one is, by way of `unsaved` where a password was to be saved and was not, or `blocked` where the instance refuses or asks for what this app cannot show; back from
 * each to `identifier` with the address kept.
 */
export type SignInState =
  | { step: "identifier"; identifier: string; error: string | null; unknown: boolean; failure: Failure | null; round: number }
  | {
      step: "password";
      identifier: string;
      methods: FirstMethod[];
      password: string;
      /** Whether it is saved on this device once it has signed in. */
      save?: boolean;
      error: string | null;
      failure: Failure | null;
      round: number;
    }
  | {
      step: "code";
      identifier: string;
      methods: FirstMethod[];
      /** What was typed before, for the way back. */
      password: string;
      method: SentMethod;
      resendAt: number | null;
    }
  | {
      step: "passkey";
      identifier: string;
      methods: FirstMethod[];
      /** What was typed before, for the way back. */
      password: string;
      failure: Failure | null;
    }
  | {
      step: "new_password";
      identifier: string;
      password: string;
      signOutOthers: boolean;
      error: string | null;
      failure: Failure | null;
      round: number;
    }
  | {
      step: "second_factor";
      identifier: string;
      reason: SecondReason;
      /** The ways there are; the first is the one to offer first. */
      methods: SecondMethod[];
      /** The one in use. */
      method: SecondMethod;
      /** Whether another one is being chosen. */
      choosing: boolean;
    }
  | {
      step: "blocked";
      identifier: string;
      reason: Blocked;
      /** When the instance takes it again, where it said so; in milliseconds since the epoch. */
      until?: number | null;
    }
  | {
      step: "unsaved";
      identifier: string;
      /** Why the password was not saved that has signed in. */
      failure: Failure;
      /** What comes then. */
      next: NextStep;
    }
  | { step: "finishing"; identifier: string; sessionId: string };

export type SignInEvent =
  | { type: "edited"; value: string }
  | { type: "refused"; error: string | null; failure: Failure | null; unknown?: boolean }
  | { type: "advanced"; next: NextStep }
  | { type: "sign_out_others"; value: boolean }
  | { type: "save"; value: boolean }
  | { type: "unsaved"; failure: Failure; next: NextStep }
  | { type: "choose_code"; method: SentMethod; resendAt: number }
  | { type: "choose_password" }
  | { type: "choose_passkey" }
  | { type: "choose_second"; method: SecondMethod }
  | { type: "other_second" }
  | { type: "blocked"; reason: Blocked; until: number | null }
  | { type: "expired"; failure: Failure }
  | { type: "back" };

/** What an attempt needs next. */
export type NextStep =
  | { need: "nothing"; sessionId: string }
  | { need: "first_factor"; methods: FirstMethod[] }
  | { need: "identifier" }
  | { need: "second_factor"; reason: SecondReason; methods: [SecondMethod, ...SecondMethod[]] }
  | { need: "new_password" }
  | { need: "impossible"; reason: Blocked };

export function begin(identifier = ""): SignInState {
  return { step: "identifier", identifier, error: null, unknown: false, failure: null, round: 0 };
}

export function signInMachine(state: SignInState, event: SignInEvent): SignInState {
  switch (event.type) {
    case "edited":
      if (state.step === "identifier") {
        return { ...state, identifier: event.value, error: null, unknown: false, failure: null };
      }
      if (state.step === "password" || state.step === "new_password") {
        return { ...state, password: event.value, error: null, failure: null };
      }
      return state;
    case "refused":
      if (state.step === "identifier") {
        return {
          ...state,
          error: event.error,
          unknown: event.unknown ?? false,
          failure: event.failure,
          round: state.round + 1,
        };
      }
      if (state.step === "password" || state.step === "new_password") {
        return { ...state, error: event.error, failure: event.failure, round: state.round + 1 };
      }
      if (state.step === "passkey") return { ...state, failure: event.failure };
      return state;
    case "advanced":
      return advance(state.identifier, event.next);
    case "sign_out_others":
      return state.step === "new_password" ? { ...state, signOutOthers: event.value } : state;
    case "save":
      return state.step === "password" ? { ...state, save: event.value } : state;
    case "unsaved":
      return { step: "unsaved", identifier: state.identifier, failure: event.failure, next: event.next };
    case "choose_code":
      if (state.step !== "password" && state.step !== "code" && state.step !== "passkey") return state;
      return {
        step: "code",
        identifier: state.identifier,
        methods: state.methods,
        password: state.password,
        method: event.method,
        resendAt: event.resendAt,
      };
    case "choose_password":
      if (state.step !== "code" && state.step !== "passkey") return state;
      return passwordStep(state.identifier, state.methods, state.password);
    case "choose_passkey":
      if (state.step === "passkey") return { ...state, failure: null };
      if (state.step !== "password" && state.step !== "code") return state;
      return passkeyStep(state.identifier, state.methods, state.password);
    case "choose_second":
      if (state.step !== "second_factor") return state;
      return { ...state, method: event.method, choosing: false };
    case "other_second":
      if (state.step !== "second_factor") return state;
      return { ...state, choosing: true };
    case "blocked":
      return {
        step: "blocked",
        identifier: state.identifier,
        reason: event.reason,
        until: event.until,
      };
    case "expired":
      return { ...begin(state.identifier), failure: event.failure } as SignInState;
    case "back":
      if (
        (state.step === "code" || state.step === "passkey") &&
        state.methods.some((method) => method.strategy === "password")
      ) {
        return passwordStep(state.identifier, state.methods, state.password);
      }
      if (state.step === "second_factor" && state.choosing) return { ...state, choosing: false };
      return begin(state.identifier);
  }
}

function advance(identifier: string, next: NextStep): SignInState {
  switch (next.need) {
    case "nothing":
      return { step: "finishing", identifier, sessionId: next.sessionId };
    case "first_factor":
      return firstMethod(next.methods, false)?.strategy === "passkey"
        ? passkeyStep(identifier, next.methods)
        : passwordStep(identifier, next.methods);
    case "identifier":
      return begin(identifier);
    case "second_factor":
      return {
        step: "second_factor",
        identifier,
        reason: next.reason,
        methods: next.methods,
        method: next.methods[0],
        choosing: false,
      };
    case "new_password":
      return {
        step: "new_password",
        identifier,
        password: "",
        // Whoever knew the old password may be signed in somewhere.
        signOutOthers: true,
        error: null,
        failure: null,
        round: 0,
      };
    case "impossible":
      return { step: "blocked", identifier, reason: next.reason };
  }
}

function passwordStep(identifier: string, methods: FirstMethod[], password = ""): SignInState {
  return {
    step: "password",
    identifier,
    methods,
    password,
    error: null,
    failure: null,
    round: 0,
  };
}

function passkeyStep(identifier: string, methods: FirstMethod[], password = ""): SignInState {
  return { step: "passkey", identifier, methods, password, failure: null };
}

/** Reads what an attempt needs next; `passkeys` says whether one can be used there. */
export function nextStep(signIn: SignInResource, passkeys: boolean): NextStep {
  switch (signIn.status) {
    case "complete":
      return signIn.createdSessionId
        ? { need: "nothing", sessionId: signIn.createdSessionId }
        : { need: "impossible", reason: "unknown" };
    case "needs_identifier":
    case "abandoned":
    case null:
      return { need: "identifier" };
    case "needs_first_factor": {
      const methods = firstMethodsOf(signIn.supportedFirstFactors, passkeys);
      return methods.some((method) => !isReset(method))
        ? { need: "first_factor", methods }
        : { need: "impossible", reason: "no_method" };
    }
    case "needs_second_factor":
      return secondStep(signIn, "second_factor");
    case "needs_new_password":
      return { need: "new_password" };
    case "needs_client_trust":
      return secondStep(signIn, "client_trust");
    default:
      return { need: "impossible", reason: "unknown" };
  }
}

function secondStep(signIn: SignInResource, reason: SecondReason): NextStep {
  const [first, ...others] = secondMethodsOf(signIn.supportedSecondFactors);
  return first ? { need: "second_factor", reason, methods: [first, ...others] } : { need: "impossible", reason };
}

/** The way to begin with: what the instance would rather have, else what there is. A passkey is begun with where there is nothing else. */
export function firstMethod(methods: FirstMethod[], codeFirst: boolean): FirstMethod | undefined {
  const all = methods.filter((method) => !isReset(method));
  const ways = all.filter((method) => method.strategy !== "passkey");
  return ways.find((method) => isSent(method) === codeFirst) ?? ways[0] ?? all[0];
}

/** A refusal that ends the attempt for a reason of its own, and when that is over where the instance said so. */
export function blockedBy(errors: ApiErrorItem[]): { reason: Blocked; until: number | null } | null {
  for (const { code, meta } of errors) {
    const reason = ENDING[code];
    if (!reason) continue;
    const seconds = meta.lockoutExpiresInSeconds;
    return { reason, until: seconds === undefined ? null : Date.now() + seconds * 1000 };
  }
  return null;
}

const ENDING: Partial<Record<string, Blocked>> = {
  user_locked: "locked",
  user_banned: "banned",
  user_deactivated: "deactivated",
};
