import type { CodeEntry } from "../../app/code-entry";
import { type Failure, sentenceOf } from "../../app/failure";
import type { InstanceView } from "../../bridge/InstanceView";
import { begin, EMPTY, type SignUpState, TICKET } from "../../features/sign-up/machine";
import { SignUpScreen } from "../../features/sign-up/SignUpScreen";
import { desk } from "../../testing/desk";
import { cannot, localInstance, problem, remoteInstance, SIGN_UP, snapshot, unreachable, withAttributes } from "../../testing/fixtures";
import { held } from "../../testing/stand-in";
import { AtInstance } from "../../window/screens";
import type { Catalogue } from "../../words/words";
import type { PreviewState } from "../state";

const DRAFT = { ...EMPTY, emailAddress: "ada@example.com", password: "correct horse battery" };
const DETAILS = { step: "details", draft: DRAFT, lacking: null, errors: {}, failure: null, round: 0 } as const;
const VERIFY = {
  step: "verify",
  draft: DRAFT,
  to: "ada@example.com",
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
  unsent: false,
};

function network(words: Catalogue): Failure {
  return { message: sentenceOf(unreachable(), words), code: "network", traceId: null };
}

function signUp(
  id: string,
  initial: SignUpState | ((words: Catalogue) => SignUpState) | undefined,
  more: { code?: (words: Catalogue) => CodeEntry; instance?: InstanceView; over?: Partial<PreviewState> } = {},
): PreviewState {
  const instance = more.instance ?? localInstance();
  return {
    id,
    app: () => desk(snapshot([instance])),
    initial: [{ name: "sign-up", instance: instance.id }],
    draw: (words) => (
      <AtInstance instance={instance.id}>
        <SignUpScreen
          instance={instance.id}
          initial={typeof initial === "function" ? initial(words) : initial}
          initialCode={more.code?.(words)}
        />
      </AtInstance>
    ),
    ...more.over,
  };
}

/** An instance that takes no new people by itself. */
function closed(mode: string): InstanceView {
  const instance = remoteInstance();
  const { environment } = instance;
  if (!environment) return instance;
  const sign_up = { ...environment.user_settings.sign_up, mode };
  const display_config = { ...environment.display_config, support_email: "desk@harbour.example" };
  const user_settings = { ...environment.user_settings, sign_up };
  return { ...instance, environment: { ...environment, display_config, user_settings } };
}

/** The same, and somebody has shown their invitation. */
function invited(): InstanceView {
  const instance = closed("restricted");
  const { client } = instance;
  return { ...instance, client: client && { ...client, sign_up: { ...SIGN_UP, email_address: "ada@example.com" } } };
}

export const SIGN_UP_STATES: PreviewState[] = [
  signUp("sign-up-empty", undefined),
  signUp("sign-up-phone-and-name", undefined, {
    instance: withAttributes(localInstance(), { phone_number: { required: true }, username: {} }),
  }),
  signUp("sign-up-by-invitation", undefined, { instance: closed("restricted") }),
  signUp("sign-up-waiting-list", undefined, { instance: closed("waitlist") }),
  signUp("sign-up-waiting-list-joined", begin("ada@example.com"), {
    instance: closed("waitlist"),
    over: {
      app: () => desk(snapshot([closed("waitlist")])).on("sign_up.join_waitlist", () => ({ object: "waitlist_entry", id: "wle_1" })),
      press: (words) => words.signUp.closed.waitlist.join,
    },
  }),
  signUp("sign-up-invitation", undefined, {
    instance: closed("waitlist"),
    over: { press: (words) => words.signUp.invitation.have },
  }),
  signUp(
    "sign-up-invitation-revoked",
    (words) => ({
      ...DETAILS,
      draft: EMPTY,
      failure: { message: words.errors.byCode.revoked_invitation, code: "revoked_invitation", traceId: null },
      round: 1,
    }),
    { instance: closed("restricted") },
  ),
  signUp("sign-up-invited", { ...DETAILS, draft: EMPTY, lacking: { strategy: TICKET, fields: ["password"] } }, {
    instance: invited(),
  }),
  signUp("sign-up-filled", DETAILS, {
    over: {
      app: () =>
        desk().on("app.estimate_password", () => ({
          score: 1,
          warning: "like_common",
          suggestion: "add_words",
        })),
    },
  }),
  signUp("sign-up-errors", (words) => ({
    ...DETAILS,
    draft: { ...DRAFT, password: "short" },
    errors: {
      emailAddress: words.errors.byCode.form_identifier_exists,
      password: words.fields.required.passwordLength(8),
    },
    round: 1,
  })),
  signUp("sign-up-unreachable", (words) => ({ ...DETAILS, failure: network(words), round: 1 })),
  signUp("sign-up-slow", DETAILS, {
    over: {
      app: () => desk().on("sign_up.create", () => held().promise),
      press: (words) => words.actions.continue,
    },
  }),
  signUp("sign-up-loading", undefined, {
    instance: localInstance([], { status: "loading", client: null, environment: null }),
  }),
  signUp("sign-up-error", undefined, {
    instance: remoteInstance([], {
      status: "error",
      client: null,
      problem: problem("network_unreachable", { subject: "Harbour Works", detail: "connection refused" }),
    }),
  }),
  signUp("sign-up-offline", undefined, { instance: remoteInstance([], { status: "degraded" }) }),
  signUp("sign-up-keychain-locked", undefined, {
    over: {
      app: () =>
        desk(
          snapshot([localInstance()], {
            vault: { keeper: "keychain", state: "locked", store: "Secret Service", detail: null },
          }),
        ),
    },
  }),
  signUp("sign-up-keychain-absent", undefined, {
    over: {
      app: () =>
        desk(snapshot([localInstance()], { vault: { keeper: "keychain", state: "absent", store: "", detail: null } })),
    },
  }),
  signUp("sign-up-asks-more", {
    step: "blocked",
    draft: DRAFT,
    missing: ["phone_number", "username"],
  }),
  signUp("verify-empty", VERIFY),
  signUp("verify-typing", VERIFY, {
    code: () => ({ ...CODE, code: "483", resendAt: Date.now() + 24_000 }),
  }),
  signUp("verify-wrong", VERIFY, {
    code: (words) => ({ ...CODE, attempt: 1, error: words.errors.byCode.form_code_incorrect }),
  }),
  signUp("verify-expired", VERIFY, {
    code: (words) => ({ ...CODE, attempt: 1, notice: words.verify.expiredResent("ada@example.com") }),
  }),
  signUp("verify-unreachable", VERIFY, {
    code: (words) => ({ ...CODE, code: "483920", failure: network(words) }),
  }),
  signUp("verify-resumed", { ...VERIFY, resumed: true }),
  signUp("verify-remote", VERIFY, { instance: remoteInstance() }),
  signUp(
    "finishing-failed",
    { step: "finishing", draft: DRAFT, sessionId: "sess_1" },
    {
      over: {
        app: () =>
          desk().on("account.set_active", () => {
            throw cannot("vault", "vault_locked", "prompt dismissed");
          }),
      },
    },
  ),
];
