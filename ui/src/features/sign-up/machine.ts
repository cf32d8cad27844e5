import type { Failure } from "../../app/failure";
import type { SignUpRules } from "../../app/instances";
import { type Country, emptyPhone, phoneDraft, phoneNumberOf } from "../../primitives/phone";
import type { SignUpResource } from "../../sdk/resources/sign-up";
import type { VerificationResource } from "../../sdk/resources/verification";
import type { Catalogue } from "../../words/words";

/** What was typed; kept through every step, so that going back loses nothing. */
export interface Draft {
  emailAddress: string;
  /** As it was typed, in the spelling of its country. */
  phoneNumber: string;
  phoneCountry: Country;
  username: string;
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
  | {
      step: "verify";
      draft: Draft;
      /** What is proven; an address unless it says otherwise. */
      field?: Provable;
      /** Where the code goes. */
      to: string;
      resendAt: number | null;
      resumed: boolean;
    }
  | { step: "blocked"; draft: Draft; missing: string[] }
  | { step: "finishing"; draft: Draft; sessionId: string };

/** What can be proven by a code. */
export type Provable = "email_address" | "phone_number";

/** What an instance asks for after an account elsewhere, or an invitation, said the rest. */
export interface Lacking {
  /** Of the account elsewhere; or `ticket`. */
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
  | { need: "code"; field: Provable; to: string; prepared: boolean }
  | { need: "fields"; missing: string[]; strategy: string | null };

/** The wire's names of the fields on the first step. */
export const PARAMS: Record<string, keyof Draft> = {
  email_address: "emailAddress",
  phone_number: "phoneNumber",
  username: "username",
  password: "password",
  first_name: "firstName",
  last_name: "lastName",
};

export const EMPTY: Draft = {
  emailAddress: "",
  phoneNumber: "",
  phoneCountry: emptyPhone().country,
  username: "",
  password: "",
  firstName: "",
  lastName: "",
};

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
        draft: withProven(draft, next),
        field: next.field,
        to: next.to,
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

/** What was typed, with what the attempt has where nothing was typed. */
function withProven(draft: Draft, { field, to }: Extract<NextStep, { need: "code" }>): Draft {
  if (field === "email_address") return { ...draft, emailAddress: draft.emailAddress || to };
  if (draft.phoneNumber) return draft;
  const { country, text } = phoneDraft(to);
  return { ...draft, phoneNumber: text, phoneCountry: country };
}

/** Reads what an attempt needs next; null while it cannot tell (no attempt, or one that has ended). */
export function nextStep(signUp: SignUpResource): NextStep | null {
  if (signUp.status === "complete" && signUp.createdSessionId) {
    return { need: "nothing", sessionId: signUp.createdSessionId };
  }
  if (signUp.status !== "missing_requirements") return null;
  const { status: proof, strategy: elsewhere } = signUp.verifications.externalAccount;
  const { status: address, strategy: by } = signUp.verifications.emailAddress;
  const invited = address === "verified" && by === TICKET ? TICKET : null;
  const strategy = proof === "verified" ? elsewhere : invited;
  if (signUp.missingFields.length > 0) {
    return { need: "fields", missing: signUp.missingFields, strategy };
  }
  const unproven = signUp.unverifiedFields.filter((field) => !(field in BY_CODE));
  if (unproven.length > 0) return { need: "fields", missing: unproven, strategy: null };
  const given: [Provable, string | null, VerificationResource][] = [
    ["email_address", signUp.emailAddress, signUp.verifications.emailAddress],
    ["phone_number", signUp.phoneNumber, signUp.verifications.phoneNumber],
  ];
  for (const [field, to, { nextAction, status, strategy }] of given) {
    if (!to || !signUp.unverifiedFields.includes(field)) continue;
    const prepared = nextAction === "needs_attempt" && status === "unverified" && strategy === BY_CODE[field];
    return { need: "code", field, to, prepared };
  }
  return null;
}

/** The strategy of an invitation. */
export const TICKET = "ticket";

/** The ticket in what was pasted: the whole link of an invitation, or the ticket alone. Null where there is none. */
export function ticketOf(pasted: string): string | null {
  const text = pasted.trim();
  if (!/[\s?=&]/.test(text)) return text || null;
  const query = /[?&](?:__clerk_ticket|ticket)=([^&#\s]+)/.exec(text)?.[1];
  if (query === undefined) return null;
  try {
    return decodeURIComponent(query);
  } catch {
    return null;
  }
}

/** The strategy that proves each of them. */
export const BY_CODE: Record<Provable, "email_code" | "phone_code"> = {
  email_address: "email_code",
  phone_number: "phone_code",
};

/** What is wrong with the draft before anybody is asked. The instance decides in the end. */
export function check(draft: Draft, rules: SignUpRules, words: Catalogue): FieldErrors {
  const errors: FieldErrors = {};
  const said = words.fields.required;
  if (rules.firstName.required && !draft.firstName.trim()) errors.firstName = said.firstName;
  if (rules.lastName.required && !draft.lastName.trim()) errors.lastName = said.lastName;
  const email = draft.emailAddress.trim();
  if (rules.emailAddress.required && !email) errors.emailAddress = said.emailAddress;
  else if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) errors.emailAddress = said.emailFormat;
  const phone = draft.phoneNumber.trim();
  if (rules.phoneNumber.required && !phone) errors.phoneNumber = said.phoneNumber;
  else if (rules.phoneNumber.shown && phone && sentPhone(draft) === null) errors.phoneNumber = said.phoneFormat;
  const { min, max } = rules.usernameLength;
  const username = draft.username.trim();
  if (rules.username.required && !username) errors.username = said.username;
  else if (rules.username.shown && username && (username.length < min || username.length > max)) {
    errors.username = said.usernameLength(min, max);
  }
  if (rules.password.required && !draft.password) errors.password = said.newPassword;
  else if (draft.password && Array.from(draft.password).length < rules.passwordMinLength) {
    errors.password = said.passwordLength(rules.passwordMinLength);
  }
  return errors;
}

/** The number as it travels; null where there is none, or what was typed is none. */
export function sentPhone({ phoneNumber, phoneCountry }: Draft): string | null {
  return phoneNumber.trim() ? phoneNumberOf({ country: phoneCountry, text: phoneNumber }) : null;
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
    phoneNumber: asked("phoneNumber"),
    username: asked("username"),
    password: asked("password"),
    firstName: asked("firstName"),
    lastName: asked("lastName"),
  };
}
