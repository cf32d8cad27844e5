import type { Failure } from "../../app/failure";
import type { SignUpRules } from "../../app/instances";
import type { SignUpResource } from "../../sdk/resources/sign-up";
import type { Catalogue } from "../../words/words";

/** What was typed; kept through every step, so that going back loses nothing. */
export interface Draft {
  emailAddress: string;
  password: string;
  firstName: string;
  lastName: string;
}

export type FieldErrors = Partial<Record<keyof Draft, string>>;

/**
 * The steps of a sign-up, which can also be out in the browser: then `details` asks for what is lacking afterwards.
 *
 * `details → verify → finishing`, `details → finishing` where nothing has to be proven, `details → blocked` where the
 * instance asks for what this app cannot give; back from each to `details`.
 */
export type SignUpState =
  | {
      step: "details";
      draft: Draft;
      /** What is lacking after an account elsewhere said the rest; null where nothing is known yet. */
      lacking: Lacking | null;
      errors: FieldErrors;
      failure: Failure | null;
      round: number;
    }
  | { step: "verify"; draft: Draft; email: string; resendAt: number | null; resumed: boolean }
  | { step: "blocked"; draft: Draft; missing: string[] }
  | { step: "finishing"; draft: Draft; sessionId: string };

/** What an instance asks for after an account elsewhere said the rest. */
export interface Lacking {
  strategy: string;
  fields: (keyof Draft)[];
}

export type SignUpEvent =
  | { type: "edited"; field: keyof Draft; value: string }
  | { type: "refused"; errors: FieldErrors; failure: Failure | null }
  | { type: "advanced"; next: NextStep; resumed: boolean; resendAt: number | null }
  | { type: "failed"; failure: Failure }
  | { type: "back" };

/** What an attempt needs next. */
export type NextStep =
  | { need: "nothing"; sessionId: string }
  | { need: "code"; email: string; prepared: boolean }
  | { need: "fields"; missing: string[]; strategy: string | null };

/** The wire's names of the fields on the first step. */
export const PARAMS: Record<string, keyof Draft> = {
  email_address: "emailAddress",
  password: "password",
  first_name: "firstName",
  last_name: "lastName",
};

export const EMPTY: Draft = { emailAddress: "", password: "", firstName: "", lastName: "" };

/** The first step with what is known already. */
export function begin(emailAddress = ""): SignUpState {
  return details({ ...EMPTY, emailAddress });
}

function details(draft: Draft): Extract<SignUpState, { step: "details" }> {
  return { step: "details", draft, lacking: null, errors: {}, failure: null, round: 0 };
}

export function signUpMachine(state: SignUpState, event: SignUpEvent): SignUpState {
  switch (event.type) {
    case "edited":
      if (state.step !== "details") return state;
      return {
        ...state,
        draft: { ...state.draft, [event.field]: event.value },
        errors: { ...state.errors, [event.field]: undefined },
        failure: null,
      };
    case "refused":
      if (state.step !== "details") return state;
      return { ...state, errors: event.errors, failure: event.failure, round: state.round + 1 };
    case "advanced":
      return advance(state.draft, event);
    case "failed":
      return { ...details(state.draft), failure: event.failure };
    case "back":
      return details(state.draft);
  }
}

function advance(draft: Draft, event: Extract<SignUpEvent, { type: "advanced" }>): SignUpState {
  const { next, resumed, resendAt } = event;
  switch (next.need) {
    case "nothing":
      return { step: "finishing", draft, sessionId: next.sessionId };
    case "code":
      return {
        step: "verify",
        draft: { ...draft, emailAddress: draft.emailAddress || next.email },
        email: next.email,
        resendAt,
        resumed,
      };
    case "fields": {
      const fields = next.missing.map((field) => PARAMS[field]);
      if (next.strategy === null || !fields.every((field) => field !== undefined)) {
        return { step: "blocked", draft, missing: next.missing };
      }
      return {
        step: "details",
        draft,
        lacking: { strategy: next.strategy, fields },
        errors: {},
        failure: null,
        round: 0,
      };
    }
  }
}

/** Reads what an attempt needs next; null while it cannot tell (no attempt, or one that has ended). */
export function nextStep(signUp: SignUpResource): NextStep | null {
  if (signUp.status === "complete" && signUp.createdSessionId) {
    return { need: "nothing", sessionId: signUp.createdSessionId };
  }
  if (signUp.status !== "missing_requirements") return null;
  const { status: proof, strategy: elsewhere } = signUp.verifications.externalAccount;
  const strategy = proof === "verified" ? elsewhere : null;
  if (signUp.missingFields.length > 0) {
    return { need: "fields", missing: signUp.missingFields, strategy };
  }
  const unproven = signUp.unverifiedFields.filter((field) => field !== "email_address");
  if (unproven.length > 0) return { need: "fields", missing: unproven, strategy: null };
  if (signUp.emailAddress && signUp.unverifiedFields.includes("email_address")) {
    const { nextAction, status, strategy } = signUp.verifications.emailAddress;
    return {
      need: "code",
      email: signUp.emailAddress,
      prepared:
        nextAction === "needs_attempt" && status === "unverified" && strategy === "email_code",
    };
  }
  return null;
}

/** What is wrong with the draft before anybody is asked. The instance decides in the end. */
export function check(draft: Draft, rules: SignUpRules, words: Catalogue): FieldErrors {
  const errors: FieldErrors = {};
  const said = words.fields.required;
  if (rules.firstName.required && !draft.firstName.trim()) errors.firstName = said.firstName;
  if (rules.lastName.required && !draft.lastName.trim()) errors.lastName = said.lastName;
  const email = draft.emailAddress.trim();
  if (rules.emailAddress.required && !email) errors.emailAddress = said.emailAddress;
  else if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) errors.emailAddress = said.emailFormat;
  if (rules.password.required && !draft.password) errors.password = said.newPassword;
  else if (draft.password && Array.from(draft.password).length < rules.passwordMinLength) {
    errors.password = said.passwordLength(rules.passwordMinLength);
  }
  return errors;
}

/** The rules where an account elsewhere has said the rest: what is lacking has to be there, and nothing else. */
export function rulesOf(rules: SignUpRules, lacking: Lacking | null): SignUpRules {
  if (!lacking) return rules;
  const asked = (field: keyof Draft) => {
    const needed = lacking.fields.includes(field);
    return { shown: needed, required: needed };
  };
  return {
    ...rules,
    emailAddress: asked("emailAddress"),
    password: asked("password"),
    firstName: asked("firstName"),
    lastName: asked("lastName"),
  };
}
