import { beginCodeEntry, type CodeEntry } from "../../app/code-entry";
import type { SecondMethod } from "../../app/factors";
import type { InstanceView } from "../../bridge/InstanceView";
import { begin, type SignInState } from "../../features/sign-in/machine";
import { SignInScreen } from "../../features/sign-in/SignInScreen";
import { desk } from "../../testing/desk";
import { localInstance, remoteInstance, snapshot, withAttributes } from "../../testing/fixtures";
import { held } from "../../testing/stand-in";
import { AtInstance } from "../../window/screens";
import type { Catalogue } from "../../words/words";
import type { PreviewState } from "../state";

const CODE_METHOD = {
  strategy: "email_code",
  emailAddressId: "idn_1",
  address: "a**@e******.com",
} as const;
const RESET_METHOD = { ...CODE_METHOD, strategy: "reset_password_email_code" } as const;
const NEW_PASSWORD = {
  step: "new_password",
  identifier: "ada@example.com",
  password: "",
  signOutOthers: true,
  error: null,
  failure: null,
  round: 0,
} satisfies SignInState;
const TEXT = { strategy: "phone_code", phoneNumberId: "idn_p1", address: "+49 ** ****56" } as const;
const SECOND: SecondMethod[] = [{ strategy: "totp" }, TEXT, { strategy: "backup_code" }];
const second = (method: SecondMethod) =>
  ({
    step: "second_factor",
    identifier: "ada@example.com",
    reason: "second_factor",
    methods: SECOND,
    method,
    choosing: false,
  }) satisfies SignInState;
const IDENTIFIER = {
  step: "identifier",
  identifier: "ada@example.com",
  error: null,
  unknown: false,
  failure: null,
  round: 0,
} as const;
export const PASSWORD = {
  step: "password",
  identifier: "ada@example.com",
  methods: [{ strategy: "password" as const }, CODE_METHOD],
  password: "",
  error: null,
  failure: null,
  round: 0,
} satisfies SignInState;

export function signIn(
  id: string,
  initial: SignInState | ((words: Catalogue) => SignInState),
  instance: InstanceView = localInstance(),
  { code, ...over }: Partial<PreviewState> & { code?: (words: Catalogue) => CodeEntry } = {},
): PreviewState {
  return {
    id,
    app: () => desk(snapshot([instance])),
    initial: [{ name: "sign-in", instance: instance.id }],
    draw: (words) => (
      <AtInstance instance={instance.id}>
        <SignInScreen
          instance={instance.id}
          initial={typeof initial === "function" ? initial(words) : initial}
          initialCode={code?.(words)}
        />
      </AtInstance>
    ),
    ...over,
  };
}

export const SIGN_IN_STATES: PreviewState[] = [
  signIn("sign-in-empty", begin()),
  signIn("sign-in-remote", begin(), remoteInstance()),
  signIn("sign-in-unknown", (words) => ({
    ...IDENTIFIER,
    error: words.signIn.unknown("ada@example.com"),
    unknown: true,
    round: 1,
  })),
  signIn("sign-in-took-too-long", (words) => ({
    ...IDENTIFIER,
    failure: { message: words.signIn.expired, code: "resource_not_found", traceId: "3f2a9c1b7d" },
  })),
  signIn(
    "sign-in-loading",
    begin(),
    localInstance([], { status: "loading", client: null, environment: null }),
  ),
  signIn(
    "sign-in-error",
    begin(),
    remoteInstance([], { status: "error", client: null, environment: null }),
  ),
  signIn("sign-in-offline", begin(), remoteInstance([], { status: "degraded" })),
  signIn("sign-in-keychain-locked", begin(), localInstance(), {
    app: () =>
      desk(
        snapshot([localInstance()], {
          vault: { keeper: "keychain", state: "locked", store: "Secret Service", detail: null },
        }),
      ),
  }),
  signIn("sign-in-password", PASSWORD),
  signIn("sign-in-password-wrong", (words) => ({
    ...PASSWORD,
    password: "incorrect",
    error: words.errors.byCode.form_password_incorrect,
    round: 1,
  })),
  signIn("sign-in-nearly-locked", (words) => ({
    ...PASSWORD,
    password: "incorrect",
    error: `${words.errors.byCode.form_password_incorrect} ${words.errors.byCode.account_lockout_warning}`,
    round: 1,
  })),
  signIn("sign-in-password-slow", { ...PASSWORD, password: "correct horse" }, localInstance(), {
    app: () => desk().on("sign_in.attempt_first_factor", () => held().promise),
    press: (words) => words.actions.signIn,
  }),
  signIn("sign-in-password-long", {
    ...PASSWORD,
    identifier: "maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example",
    methods: [{ strategy: "password" }, { ...CODE_METHOD, address: "m**********@d*****************************.example" }],
  }),
  signIn("sign-in-code", {
    step: "code",
    identifier: "ada@example.com",
    methods: PASSWORD.methods,
    password: "",
    method: CODE_METHOD,
    resendAt: null,
  }),
  signIn("sign-in-forgotten", {
    ...PASSWORD,
    methods: [...PASSWORD.methods, RESET_METHOD],
  }),
  signIn("sign-in-reset-code", {
    step: "code",
    identifier: "ada@example.com",
    methods: [...PASSWORD.methods, RESET_METHOD],
    password: "",
    method: RESET_METHOD,
    resendAt: null,
  }),
  signIn("sign-in-new-password", NEW_PASSWORD),
  signIn("sign-in-new-password-weak", (words) => ({
    ...NEW_PASSWORD,
    password: "password1",
    error: words.errors.byCode.form_password_pwned,
    round: 1,
  })),
  signIn("sign-in-locked", {
    step: "blocked",
    identifier: "ada@example.com",
    reason: "locked",
    until: Date.UTC(2026, 0, 1, 12, 30),
  }),
  signIn("sign-in-banned", { step: "blocked", identifier: "ada@example.com", reason: "banned" }, remoteInstance()),
  signIn("sign-in-deactivated", { step: "blocked", identifier: "ada@example.com", reason: "deactivated" }),
  signIn(
    "sign-in-by-any-name",
    begin(),
    withAttributes(localInstance(), { phone_number: {}, username: {} }),
  ),
  signIn("second-authenticator", second({ strategy: "totp" })),
  signIn("second-authenticator-wrong", second({ strategy: "totp" }), localInstance(), {
    code: (words) => ({ ...beginCodeEntry(null), attempt: 1, error: words.secondFactor.wrongCode }),
  }),
  signIn("second-text", second(TEXT), localInstance(), { code: () => beginCodeEntry(null) }),
  signIn("second-new-device", { ...second(TEXT), reason: "client_trust" }, remoteInstance(), {
    code: () => beginCodeEntry(null),
  }),
  signIn("second-backup", second({ strategy: "backup_code" })),
  signIn("second-choose", { ...second({ strategy: "totp" }), choosing: true }),
  signIn("second-choose-elsewhere", { ...second({ strategy: "totp" }), choosing: true }, remoteInstance()),
  signIn("sign-in-second-step", {
    step: "blocked",
    identifier: "ada@example.com",
    reason: "second_factor",
  }),
];
