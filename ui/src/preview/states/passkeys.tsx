import type { AuthenticatorView } from "../../bridge/AuthenticatorView";
import type { CeremonyPrompt } from "../../bridge/CeremonyPrompt";
import type { CeremonyView } from "../../bridge/CeremonyView";
import type { InstancePasskeys } from "../../bridge/InstancePasskeys";
import type { InstanceView } from "../../bridge/InstanceView";
import type { PasskeysView } from "../../bridge/PasskeysView";
import { begin, type SignInState } from "../../features/sign-in/machine";
import { desk } from "../../testing/desk";
import {
  ceremony,
  deviceKey,
  LOCAL,
  localInstance,
  NOW,
  passkey,
  reverification,
  session,
  snapshot,
  withProviders,
} from "../../testing/fixtures";
import type { PreviewState } from "../state";
import { asked, manage, person, WITH_FACTORS } from "./manage";
import { PASSWORD, signIn } from "./sign-in";

const OFFERED: InstancePasskeys = { obstacle: null, sign_in_button: true, here: [], made_with: [] };
const METHODS = [{ strategy: "passkey" as const }, ...PASSWORD.methods];
const STEP = {
  step: "passkey",
  identifier: "ada@example.com",
  methods: METHODS,
  password: "",
  failure: null,
} satisfies SignInState;

const ALL: AuthenticatorView[] = [
  { kind: "this_device", unready: null },
  { kind: "security_key", unready: null },
];
const NOT_ALL: AuthenticatorView[] = [
  { kind: "this_device", unready: { type: "locked", detail: "prompt dismissed" } },
  { kind: "security_key", unready: { type: "no_answer" } },
  { kind: "windows", unready: null },
];
const WITH_PHONE: AuthenticatorView[] = [...ALL, { kind: "phone", unready: null }];
const NO_PHONE: AuthenticatorView[] = [...ALL, { kind: "phone", unready: { type: "no_bluetooth", detail: "no adapter was found" } }];
const none = (): AuthenticatorView[] => [
  { kind: "this_device", unready: { type: "pin_wait", until: Date.now() + 45_000 } },
  { kind: "security_key", unready: { type: "failed", detail: "permission denied" } },
];

const KEYS = person(() => ({
  passkeys: [
    passkey({ id: "idn_k1", name: "Pier", last_used_at: NOW + 86_400_000 }),
    passkey({ id: "idn_k2", name: "YubiKey" }),
    passkey({
      id: "idn_k3",
      name: "Exceedingly long name of the key on the ring beside the door of the northern branch",
    }),
    passkey({ id: "idn_k4", name: "مفتاح" }),
  ],
}));
const FULL = person(() => ({
  passkeys: Array.from({ length: 10 }, (_, place) => passkey({ id: `idn_k${place}`, name: `Key ${place + 1}` })),
}));

function at(over: Partial<InstancePasskeys>) {
  return localInstance([], { passkeys: { ...OFFERED, ...over } });
}

function profile(id: string, over: Parameters<typeof manage>[2] = {}, here = KEYS): PreviewState {
  return manage(id, here, {
    instance: (view) => ({ ...view, passkeys: { ...OFFERED, here: ["idn_k1"], made_with: [{ passkey: "idn_k2", authenticator: "security_key" }] } }),
    press: (words) => words.passkeys.title,
    ...over,
  });
}

function chooser(id: string, all: () => AuthenticatorView[]): PreviewState {
  return profile(id, { teach: (app) => app.on("app.authenticators", all), press: (words) => words.passkeys.add });
}

/** The dialog in one of its prompts, above the first step of signing in. */
function held(id: string, prompt: CeremonyPrompt, over: Partial<CeremonyView> = {}): PreviewState {
  const held = ceremony(prompt, over);
  return signIn(`ceremony-${id}`, begin(), at({}), {
    app: () => desk(snapshot([at({})], { passkeys: { pin_chosen: true, gesture: null, keys: [], ceremony: held } })),
  });
}

const CREATE: Partial<CeremonyView> = { purpose: { type: "create", account: { instance: LOCAL, session: session().id } } };
const PHONE: Partial<CeremonyView> = { authenticator: "phone", host: "clerk.harbour.example" };
/** As long as codes are. */
const CODE = `FIDO:/${"0813749562".repeat(17)}`;
const KEY: Partial<CeremonyView> = { authenticator: "security_key", host: "clerk.harbour.example" };

/** A fresh proof is wanted, and a passkey is one. */
function proof(id: string, strategies: string[]): PreviewState {
  const begins = () => reverification({ supported_first_factors: strategies.map((strategy) => ({ strategy })) });
  return manage(id, KEYS, asked(begins, (view) => ({ ...WITH_FACTORS(view), passkeys: OFFERED })));
}

/** With a password that is saved on this device. */
function withSaved(instance: InstanceView, identifier = "ada@example.com"): InstanceView {
  return { ...instance, saved_password: { type: "kept", identifier } };
}

function settings(
  id: string,
  passkeys: Partial<PasskeysView>,
  instance: (view: InstanceView) => InstanceView = (view) => view,
): PreviewState {
  return {
    id,
    app: () =>
      desk(
        snapshot([instance(localInstance([session()]))], {
          passkeys: { pin_chosen: false, gesture: null, keys: [], ceremony: null, ...passkeys },
        }),
      ).on("app.diagnostics", () => ({ text: "Frontdesk 0.1.0" })),
    initial: [{ name: "settings" }],
    press: (words) => words.passkeys.deviceTitle,
  };
}

export const PASSKEY_STATES: PreviewState[] = [
  signIn("sign-in-passkey-button", begin(), at({})),
  signIn("sign-in-passkey-button-last", begin(), { ...withProviders(at({})), last_strategy: "passkey" }),
  signIn("sign-in-password-or-passkey", { ...PASSWORD, methods: METHODS }, at({})),
  signIn("sign-in-passkey", STEP, at({})),
  signIn("sign-in-passkey-only", { ...STEP, methods: [{ strategy: "passkey" }] }, at({})),
  signIn(
    "sign-in-passkey-failed",
    (words) => ({
      ...STEP,
      failure: {
        message: words.errors.reasons.passkey_none({ name: "", local: true, detail: "" }),
        code: null,
        traceId: null,
      },
    }),
    at({}),
  ),
  profile("manage-passkeys"),
  profile("manage-passkeys-none", {}, person()),
  profile("manage-passkeys-full", {}, FULL),
  profile(
    "manage-passkeys-impossible",
    { instance: (view) => ({ ...view, passkeys: { ...OFFERED, obstacle: "no_name" } }) },
    person(),
  ),
  profile("manage-passkeys-rename", { press: (words) => words.passkeys.renameOf("Pier") }),
  chooser("passkey-choose", () => ALL),
  chooser("passkey-choose-not-all", () => NOT_ALL),
  chooser("passkey-choose-none", none),
  chooser("passkey-choose-phone", () => WITH_PHONE),
  chooser("passkey-choose-no-bluetooth", () => NO_PHONE),
  proof("reverify-password-or-passkey", ["password", "passkey"]),
  proof("reverify-passkey", ["passkey"]),
  held("working", { type: "working" }),
  held("touch-id", { type: "system", gesture: "touch_id" }),
  held("windows-hello", { type: "system", gesture: "windows_hello" }, { purpose: { type: "turn_lock_on" }, host: null }),
  held("windows", { type: "working" }, { authenticator: "windows" }),
  held("pin", { type: "pin", question: 1, again: null }),
  held("pin-wrong", { type: "pin", question: 2, again: { type: "wrong", tries_left: 3 } }),
  held("pin-of-key-last", { type: "pin", question: 2, again: { type: "wrong", tries_left: 1 } }, KEY),
  held("choose-pin", { type: "choose_pin", question: 1, flaw: null }, CREATE),
  held("choose-pin-simple", { type: "choose_pin", question: 2, flaw: "simple" }, { purpose: { type: "change_pin" }, host: null }),
  held("plug-in", { type: "plug_in" }, KEY),
  held("touch-one", { type: "touch_one" }, KEY),
  held("touch", { type: "touch" }, KEY),
  held("scan", { type: "scan", code: CODE }, PHONE),
  held("scan-create", { type: "scan", code: CODE }, { ...PHONE, ...CREATE }),
  held("connecting", { type: "connecting" }, PHONE),
  held("on-phone", { type: "on_phone" }, PHONE),
  held("choose-account", {
    type: "choose_account",
    question: 1,
    accounts: [
      { name: "ada@example.com", display_name: "Ada Lovelace" },
      { name: "countess@example.com", display_name: "" },
      {
        name: "maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example",
        display_name: "Maximiliana Featherstonehaugh-Cholmondeley",
      },
    ],
  }),
  held("save-password", { type: "choose_pin", question: 1, flaw: null }, { purpose: { type: "keep_password", instance: LOCAL }, host: null }),
  held("use-password", { type: "pin", question: 1, again: null }, { purpose: { type: "use_password", instance: LOCAL }, host: null }),
  signIn("sign-in-saved-password", begin(), withSaved(at({}))),
  signIn("sign-in-saved-password-of-account", PASSWORD, withSaved(at({}))),
  signIn(
    "sign-in-saved-password-wrong",
    (words) => ({ ...PASSWORD, save: true, error: words.saved.wrong }),
    withSaved(at({})),
  ),
  signIn("sign-in-save-password", { ...PASSWORD, save: true }, withSaved(at({}), "grace@example.com")),
  signIn("sign-in-password-unsaved", (words) => ({
    step: "unsaved",
    identifier: "ada@example.com",
    failure: {
      message: words.errors.reasons.saved_password_full({ name: "", local: true, detail: "" }),
      code: null,
      traceId: null,
    },
    next: { need: "nothing", sessionId: session().id },
  })),
  manage("manage-saved-password", person(), { instance: withSaved, press: (words) => words.account.password }),
  settings("settings-saved-passwords", { pin_chosen: true }, withSaved),
  settings("settings-passkeys-none", {}),
  settings("settings-passkeys-gesture", { gesture: "touch_id", keys: [deviceKey()] }),
  settings("settings-passkeys", {
    pin_chosen: true,
    keys: [
      deviceKey(),
      deviceKey({ id: "key_2", rp_id: "localhost", name: "countess@example.com", display_name: "" }),
    ],
  }),
];
