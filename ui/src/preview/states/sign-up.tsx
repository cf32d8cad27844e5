import type { CodeEntry } from "../../app/code-entry";
import type { InstanceView } from "../../bridge/InstanceView";
import { EMPTY, type SignUpState } from "../../features/sign-up/machine";
import { SignUpScreen } from "../../features/sign-up/SignUpScreen";
import { desk } from "../../testing/desk";
import { localInstance, remoteInstance, snapshot, UNREACHABLE, unreachable } from "../../testing/fixtures";
import { held } from "../../testing/stand-in";
import { AtInstance } from "../../window/screens";
import type { PreviewState } from "../state";

const DRAFT = { ...EMPTY, emailAddress: "ada@example.com", password: "correct horse battery" };
const DETAILS = { step: "details", draft: DRAFT, errors: {}, failure: null, round: 0 } as const;
const VERIFY = {
  step: "verify",
  draft: DRAFT,
  email: "ada@example.com",
  resendAt: null,
  resumed: false,
} as const;
const CODE: CodeEntry = {
  code: "",
  attempt: 0,
  error: null,
  notice: null,
  failure: null,
  resendAt: null,
};
const NETWORK = {
  message: UNREACHABLE,
  code: "network",
  traceId: null,
};

function signUp(
  id: string,
  initial: SignUpState | undefined,
  more: { code?: CodeEntry; instance?: InstanceView; over?: Partial<PreviewState> } = {},
): PreviewState {
  const instance = more.instance ?? localInstance();
  return {
    id,
    app: () => desk(snapshot([instance])),
    initial: [{ name: "sign-up", instance: instance.id }],
    draw: () => (
      <AtInstance instance={instance.id}>
        <SignUpScreen instance={instance.id} initial={initial} initialCode={more.code} />
      </AtInstance>
    ),
    ...more.over,
  };
}

export const SIGN_UP_STATES: PreviewState[] = [
  signUp("sign-up-empty", undefined),
  signUp("sign-up-filled", DETAILS, {
    over: {
      app: () =>
        desk().on("app.estimate_password", () => ({
          score: 1,
          warning: "This is similar to a commonly used password.",
          suggestion: "Add another word or two. Uncommon words are better.",
        })),
    },
  }),
  signUp("sign-up-errors", {
    ...DETAILS,
    draft: { ...DRAFT, password: "short" },
    errors: {
      emailAddress:
        "There is already an account with this email address. Sign in to it, or use another address.",
      password: "Use at least 8 characters.",
    },
    round: 1,
  }),
  signUp("sign-up-unreachable", {
    ...DETAILS,
    failure: NETWORK,
    round: 1,
  }),
  signUp("sign-up-slow", DETAILS, {
    over: {
      app: () => desk().on("sign_up.create", () => held().promise),
      press: "Continue",
    },
  }),
  signUp("sign-up-loading", undefined, {
    instance: localInstance([], { status: "loading", client: null, environment: null }),
  }),
  signUp("sign-up-error", undefined, {
    instance: remoteInstance([], {
      status: "error",
      client: null,
      problem: {
        code: "network_unreachable",
        message: "clerk.harbour.example did not answer. Check the network and try again.",
        trace_id: "3f2a9c1b7d",
      },
    }),
  }),
  signUp("sign-up-offline", undefined, { instance: remoteInstance([], { status: "degraded" }) }),
  signUp("sign-up-keychain-locked", undefined, {
    over: {
      app: () =>
        desk(
          snapshot([localInstance()], {
            vault: { state: "locked", store: "Secret Service", detail: null },
          }),
        ),
    },
  }),
  signUp("sign-up-keychain-absent", undefined, {
    over: {
      app: () =>
        desk(snapshot([localInstance()], { vault: { state: "absent", store: "", detail: null } })),
    },
  }),
  signUp("sign-up-asks-more", {
    step: "blocked",
    draft: DRAFT,
    missing: ["phone_number", "username"],
  }),
  signUp("verify-empty", VERIFY),
  signUp("verify-typing", VERIFY, {
    code: { ...CODE, code: "483", resendAt: Date.now() + 24_000 },
  }),
  signUp("verify-wrong", VERIFY, {
    code: {
      ...CODE,
      attempt: 1,
      error: "This code is not right. Check the newest message and try again.",
    },
  }),
  signUp("verify-expired", VERIFY, {
    code: {
      ...CODE,
      attempt: 1,
      notice: "This code has expired. We sent a new one to ada@example.com.",
    },
  }),
  signUp("verify-unreachable", VERIFY, { code: { ...CODE, code: "483920", failure: NETWORK } }),
  signUp("verify-resumed", { ...VERIFY, resumed: true }),
  signUp("verify-remote", VERIFY, { instance: remoteInstance() }),
  signUp(
    "finishing-failed",
    { step: "finishing", draft: DRAFT, sessionId: "sess_1" },
    {
      over: {
        app: () =>
          desk().on("account.set_active", () => {
            throw {
              ...unreachable(),
              kind: "vault",
              message: "The keychain did not take the entry. Unlock it and try again.",
            };
          }),
      },
    },
  ),
];
