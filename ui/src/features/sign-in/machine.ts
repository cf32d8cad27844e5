import type { Failure } from "../../app/failure";
import type { SignInFactorResource, SignInResource } from "../../sdk/resources/sign-in";

/** Why a sign-in cannot go on in this app. */
export type Blocked =
  | "second_factor"
  | "client_trust"
  | "no_method"
  | "locked"
  | "banned"
  | "unknown";

/** A way to prove who you are that this app has. */
export type Method =
  | { strategy: "password" }
  | CodeMethod;

/** A way that goes by a code: straight in, or to a new password in place of a forgotten one. */
export interface CodeMethod {
  strategy: "email_code" | "reset_password_email_code";
  emailAddressId: string | null;
  address: string;
}

/**
 * The steps of a sign-in.
 *
 * `identifier → password ⇄ code → finishing`, by way of `new_password` where one is asked for, or `blocked` where the instance asks for what this app cannot show; back
 * from each to `identifier` with the address kept.
 */
export type SignInState =
  | { step: "identifier"; identifier: string; error: string | null; unknown: boolean; failure: Failure | null; round: number }
  | {
      step: "password";
      identifier: string;
      methods: Method[];
      password: string;
      error: string | null;
      failure: Failure | null;
      round: number;
    }
  | {
      step: "code";
      identifier: string;
      methods: Method[];
      /** What was typed before, for the way back. */
      password: string;
      method: CodeMethod;
      resendAt: number | null;
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
  | { step: "blocked"; identifier: string; reason: Blocked }
  | { step: "finishing"; identifier: string; sessionId: string };

export type SignInEvent =
  | { type: "edited"; value: string }
  | { type: "refused"; error: string | null; failure: Failure | null; unknown?: boolean }
  | { type: "advanced"; next: NextStep }
  | { type: "sign_out_others"; value: boolean }
  | { type: "choose_code"; method: CodeMethod; resendAt: number }
  | { type: "choose_password" }
  | { type: "blocked"; reason: Blocked }
  | { type: "expired"; failure: Failure }
  | { type: "back" };

/** What an attempt needs next. */
export type NextStep =
  | { need: "nothing"; sessionId: string }
  | { need: "first_factor"; methods: Method[] }
  | { need: "identifier" }
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
      return state;
    case "advanced":
      return advance(state.identifier, event.next);
    case "sign_out_others":
      return state.step === "new_password" ? { ...state, signOutOthers: event.value } : state;
    case "choose_code":
      if (state.step !== "password" && state.step !== "code") return state;
      return {
        step: "code",
        identifier: state.identifier,
        methods: state.methods,
        password: state.password,
        method: event.method,
        resendAt: event.resendAt,
      };
    case "choose_password":
      if (state.step !== "code") return state;
      return passwordStep(state.identifier, state.methods, state.password);
    case "blocked":
      return { step: "blocked", identifier: state.identifier, reason: event.reason };
    case "expired":
      return { ...begin(state.identifier), failure: event.failure } as SignInState;
    case "back":
      if (state.step === "code" && state.methods.some((method) => method.strategy === "password")) {
        return passwordStep(state.identifier, state.methods, state.password);
      }
      return begin(state.identifier);
  }
}

function advance(identifier: string, next: NextStep): SignInState {
  switch (next.need) {
    case "nothing":
      return { step: "finishing", identifier, sessionId: next.sessionId };
    case "first_factor":
      return passwordStep(identifier, next.methods);
    case "identifier":
      return begin(identifier);
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

function passwordStep(identifier: string, methods: Method[], password = ""): SignInState {
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

/** Reads what an attempt needs next. */
export function nextStep(signIn: SignInResource): NextStep {
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
      const methods = methodsOf(signIn.supportedFirstFactors);
      return methods.some((method) => method.strategy !== "reset_password_email_code")
        ? { need: "first_factor", methods }
        : { need: "impossible", reason: "no_method" };
    }
    case "needs_second_factor":
      return { need: "impossible", reason: "second_factor" };
    case "needs_new_password":
      return { need: "new_password" };
    case "needs_client_trust":
      return { need: "impossible", reason: "client_trust" };
    default:
      return { need: "impossible", reason: "unknown" };
  }
}

/** The ways of the instance that this app has, in the instance's order. */
export function methodsOf(factors: SignInFactorResource[] | null): Method[] {
  const methods: Method[] = [];
  for (const factor of factors ?? []) {
    if (factor.strategy === "password") methods.push({ strategy: "password" });
    if (factor.strategy === "email_code" || factor.strategy === "reset_password_email_code") {
      methods.push({
        strategy: factor.strategy,
        emailAddressId: factor.emailAddressId,
        address: factor.safeIdentifier ?? "",
      });
    }
  }
  return methods;
}

/** The way to begin with: what the instance would rather have, else what there is. */
export function firstMethod(methods: Method[], codeFirst: boolean): Method | undefined {
  const wanted = codeFirst ? "email_code" : "password";
  const ways = methods.filter((method) => method.strategy !== "reset_password_email_code");
  return ways.find((method) => method.strategy === wanted) ?? ways[0];
}

/** A refusal that ends the attempt for a reason of its own. */
export function blockedBy(codes: string[]): Blocked | null {
  if (codes.includes("user_locked")) return "locked";
  if (codes.includes("user_banned") || codes.includes("user_deactivated")) return "banned";
  return null;
}
