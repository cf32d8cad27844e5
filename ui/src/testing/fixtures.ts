/**
 * Plausible state for tests and previews, made from the golden files of the wire, so that it has the shape that really
 * travels.
 */
import activeSessionJson from "../../../crates/wire/tests/golden/active_session.json";
import emailAddressJson from "../../../crates/wire/tests/golden/email_address.json";
import environmentJson from "../../../crates/wire/tests/golden/environment.json";
import passkeyJson from "../../../crates/wire/tests/golden/passkey.json";
import signInJson from "../../../crates/wire/tests/golden/sign_in.json";
import signUpJson from "../../../crates/wire/tests/golden/sign_up.json";
import userJson from "../../../crates/wire/tests/golden/user.json";
import type { ActiveSession } from "../bridge/ActiveSession";
import type { ApiError } from "../bridge/ApiError";
import type { CeremonyView } from "../bridge/CeremonyView";
import type { DeviceKey } from "../bridge/DeviceKey";
import type { EmailAddress } from "../bridge/EmailAddress";
import type { Attribute } from "../bridge/Attribute";
import type { Environment } from "../bridge/Environment";
import type { ErrorKind } from "../bridge/ErrorKind";
import type { ExternalAccount } from "../bridge/ExternalAccount";
import type { FlowView } from "../bridge/FlowView";
import type { InstanceView } from "../bridge/InstanceView";
import type { IntentError } from "../bridge/IntentError";
import type { OutboxMessage } from "../bridge/OutboxMessage";
import type { Passkey } from "../bridge/Passkey";
import type { PhoneNumber } from "../bridge/PhoneNumber";
import type { Picture } from "../bridge/Picture";
import type { Problem } from "../bridge/Problem";
import type { Reason } from "../bridge/Reason";
import type { Said } from "../bridge/Said";
import type { SessionReverification } from "../bridge/SessionReverification";
import type { SessionView } from "../bridge/SessionView";
import type { SignIn } from "../bridge/SignIn";
import type { SignUp } from "../bridge/SignUp";
import type { Snapshot } from "../bridge/Snapshot";
import type { Totp } from "../bridge/Totp";
import type { User } from "../bridge/User";
import type { Verification } from "../bridge/Verification";

/** The golden files' moment: the first of January 2026. */
export const NOW = 1_767_225_600_000;
export const LOCAL = "local";
export const ENVIRONMENT: Environment = environmentJson;
export const SIGN_IN: SignIn = signInJson;
export const SIGN_UP: SignUp = signUpJson;
export const ACTIVE_SESSION: ActiveSession = activeSessionJson;

/** A picture of one colour, as the app makes it ready. */
export const PICTURE: Picture = { side: 2, pixels: btoa("\x10\x60\x60\xff".repeat(4)) };

export interface Person {
  first?: string | null;
  last?: string | null;
  email?: string;
}

export function user({ first = "Ada", last = "Lovelace", email = "ada@example.com" }: Person = {}): User {
  const base: User = userJson;
  return {
    ...base,
    id: `user_${email}`,
    first_name: first,
    last_name: last,
    email_addresses: base.email_addresses.map((address) => ({ ...address, email_address: email })),
    phone_numbers: [],
    primary_phone_number_id: null,
  };
}

/** An address of a user, proven unless told otherwise. */
export function emailAddress(over: Partial<EmailAddress> = {}): EmailAddress {
  const base: EmailAddress = emailAddressJson;
  return { ...base, ...over };
}

/** A telephone number of a user, proven unless told otherwise. */
export function phoneNumber(over: Partial<PhoneNumber> = {}): PhoneNumber {
  return {
    object: "phone_number",
    id: "idn_p1",
    phone_number: "+4930123456",
    reserved_for_second_factor: false,
    default_second_factor: false,
    reserved: false,
    verification: proof({ object: "verification_otp", strategy: "phone_code" }),
    linked_to: [],
    created_at: NOW,
    updated_at: NOW,
    ...over,
  };
}

/** A passkey of a user. */
export function passkey(over: Partial<Passkey> = {}): Passkey {
  const base: Passkey = passkeyJson;
  return { ...base, ...over };
}

/** A passkey whose key is on this device. */
export function deviceKey(over: Partial<DeviceKey> = {}): DeviceKey {
  return {
    id: "key_1",
    rp_id: "clerk.harbour.example",
    name: "ada@example.com",
    display_name: "Ada Lovelace",
    made_at: NOW,
    ...over,
  };
}

/** Something that goes on with an authenticator: signing in here by a passkey of this device, unless told otherwise. */
export function ceremony(prompt: CeremonyView["prompt"], over: Partial<CeremonyView> = {}): CeremonyView {
  return {
    id: "ceremony_1",
    purpose: { type: "sign_in", instance: LOCAL },
    authenticator: "this_device",
    host: "localhost",
    prompt,
    ...over,
  };
}

/** The secret of an authenticator app, as it is new. */
export const TOTP: Totp = {
  object: "totp",
  id: "totp_1",
  secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  uri: "otpauth://totp/Frontdesk:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Frontdesk",
  verified: false,
  backup_codes: null,
  created_at: NOW,
  updated_at: NOW,
};

/** Codes for the day without a phone. */
export const BACKUP_CODES = ["k7hq2mzd", "p9xw4rtb", "v3cn8jfs", "d6gy5lea", "t2uo7bkm", "w8sr3qhx", "a4ei9znc", "m5fj6vpd"];

/** A fresh proof under way. */
export function reverification(over: Partial<SessionReverification> = {}): SessionReverification {
  return {
    object: "session_reverification",
    level: "second_factor",
    status: "needs_first_factor",
    supported_first_factors: [{ strategy: "password" }],
    supported_second_factors: null,
    first_factor_verification: null,
    second_factor_verification: null,
    ...over,
  };
}

/** What an instance has with these attributes turned on, each for what the protocol has it for. */
export function withAttributes(
  instance: InstanceView,
  on: Partial<Record<"phone_number" | "username" | "authenticator_app" | "backup_code", Partial<Attribute>>>,
): InstanceView {
  const { environment } = instance;
  if (!environment) return instance;
  const { attributes } = environment.user_settings;
  const first = { used_for_first_factor: true };
  const second = { used_for_second_factor: true };
  const uses = { phone_number: { ...first, ...second }, username: first, authenticator_app: second, backup_code: second };
  const changed = Object.fromEntries(
    (Object.keys(on) as (keyof typeof on)[]).map((name) => [
      name,
      { ...attributes[name], enabled: true, ...uses[name], ...on[name] },
    ]),
  );
  const user_settings = { ...environment.user_settings, attributes: { ...attributes, ...changed } };
  return { ...instance, environment: { ...environment, user_settings } };
}

export function session(person: Person = {}, over: Partial<SessionView> = {}): SessionView {
  const who = user(person);
  const id = over.id ?? `sess_${who.email_addresses[0]?.email_address ?? ""}`;
  return {
    id,
    status: "active",
    expire_at: NOW + 604_800_000,
    abandon_at: NOW + 2_592_000_000,
    last_active_at: NOW + 120_000,
    user: who,
    factor_verification_age: [2, -1],
    claims: { sub: who.id, sid: id, v: 2 },
    created_at: NOW,
    updated_at: NOW,
    ...over,
  };
}

/** The instance on this computer, with these sessions. */
export function localInstance(
  sessions: SessionView[] = [],
  over: Partial<InstanceView> = {},
): InstanceView {
  return {
    id: LOCAL,
    kind: "local",
    name: "This computer",
    own_name: false,
    host: "127.0.0.1:47113",
    publishable_key: "pk_test_MTI3LjAuMC4xOjQ3MTEzJA",
    status: "ready",
    problem: null,
    environment: ENVIRONMENT,
    client: {
      id: "client_1",
      sessions,
      sign_in: null,
      sign_up: null,
      last_active_session_id: sessions[0]?.id ?? null,
      created_at: NOW,
      updated_at: NOW,
    },
    answered_at: NOW,
    clock_ahead: 0,
    last_strategy: null,
    passkeys: { obstacle: null, sign_in_button: false, here: [], made_with: [] },
    saved_password: { type: "none" },
    ...over,
  };
}

/** An instance elsewhere, with these sessions. */
export function remoteInstance(
  sessions: SessionView[] = [],
  over: Partial<InstanceView> = {},
): InstanceView {
  return localInstance(sessions, {
    id: "remote",
    kind: "remote",
    name: "Harbour Works",
    own_name: false,
    host: "clerk.harbour.example",
    publishable_key: "pk_live_Y2xlcmsuaGFyYm91ci5leGFtcGxlJA",
    ...over,
  });
}

/** What an instance offers of accounts elsewhere: three that sign in, and one that can only be connected. */
export function withProviders(instance: InstanceView): InstanceView {
  const { environment } = instance;
  if (!environment) return instance;
  const google = environment.user_settings.social["oauth_google"];
  if (!google) throw new Error("The golden environment has no provider.");
  const provider = (strategy: string, name: string, over: Partial<typeof google> = {}) => ({
    [strategy]: { ...google, enabled: true, authenticatable: true, strategy, name, ...over },
  });
  const social = {
    ...provider("oauth_custom_harbour", "Harbour ID"),
    ...provider("oauth_facebook", "Facebook", { authenticatable: false }),
    ...provider("oauth_github", "GitHub"),
    ...provider("oauth_google", "Google"),
    ...provider("oauth_hidden", "Hidden", { not_selectable: true }),
  };
  return {
    ...instance,
    environment: { ...environment, user_settings: { ...environment.user_settings, social } },
  };
}

/** Something that waits in the browser, or came back from it. */
export function flow(over: Partial<FlowView> = {}): FlowView {
  return {
    id: "flow_1",
    instance: LOCAL,
    purpose: { type: "sign_in" },
    strategy: "oauth_google",
    host: "accounts.google.com",
    begun_at: NOW,
    expires_at: NOW + 600_000,
    state: { type: "waiting" },
    ...over,
  };
}

/** How far the proof of an account elsewhere has come. */
export function proof(over: Partial<Verification> = {}): Verification {
  return {
    object: "verification_oauth",
    status: "verified",
    strategy: "oauth_google",
    attempts: null,
    expire_at: null,
    error: null,
    nonce: null,
    message: null,
    channel: null,
    external_verification_redirect_url: null,
    verified_at_client: null,
    ...over,
  };
}

/** An account elsewhere, connected unless told otherwise. */
export function externalAccount(over: Partial<ExternalAccount> = {}): ExternalAccount {
  return {
    object: "external_account",
    id: "eac_1",
    provider: "oauth_google",
    identification_id: "idn_9",
    provider_user_id: "10769150350006150715113082367",
    approved_scopes: "email openid profile",
    missing_scopes: "",
    email_address: "ada@example.com",
    email_address_verified: true,
    first_name: "Ada",
    last_name: "Lovelace",
    avatar_url: "",
    image_url: null,
    username: null,
    phone_number: null,
    public_metadata: {},
    label: null,
    verification: proof(),
    created_at: NOW,
    updated_at: NOW,
    ...over,
  };
}

/** Everything as it is after a start that went well, the first session being the one shown. */
export function snapshot(
  instances: InstanceView[] = [localInstance()],
  over: Partial<Snapshot> = {},
): Snapshot {
  const shown = instances
    .flatMap(({ id, client }) =>
      (client?.sessions ?? []).map((entry) => ({ instance: id, session: entry.id })),
    )
    .at(0);
  return {
    revision: 1,
    status: "ready",
    vault: { keeper: "keychain", state: "ready", store: "Secret Service", detail: null },
    instances,
    flows: [],
    passkeys: { pin_chosen: false, gesture: null, keys: [], ceremony: null },
    lock: "off",
    redirect_url: "org.example.desk://callback",
    active: shown ?? null,
    ...over,
  };
}

export function outboxMessage(over: Partial<OutboxMessage> = {}): OutboxMessage {
  const code = over.code === undefined ? "483920" : over.code;
  return {
    id: "msg_1",
    kind: "email",
    to: "ada@example.com",
    subject: `${code ?? ""} is your verification code`,
    body: `Hello,\n\nyour verification code is ${code ?? ""}. It is good for ten minutes.\n\nIf you did not ask for it, ignore this message.`,
    code,
    created_at: NOW,
    ...over,
  };
}

/** What a command rejects with when the instance refuses. */
export function refusal(
  code: string,
  param: string | null = null,
  over: Partial<IntentError> & { meta?: ApiError["meta"] } = {},
): IntentError {
  const { meta = param === null ? {} : { param_name: param }, ...rest } = over;
  const message = `The instance says ${code}.`;
  return {
    kind: "api",
    message,
    errors: [{ code, message, long_message: message, meta }],
    status: 422,
    trace_id: "3f2a9c1b7d",
    retry_after_seconds: null,
    said: null,
    ...rest,
  };
}

/** What the app says of an instance that cannot be reached. */
export const UNREACHABLE =
  "Harbour Works cannot be reached, so nothing changed. Check the network, then try again. (connection refused)";

/** What a command rejects with when the instance cannot be reached. */
export function unreachable(): IntentError {
  return {
    kind: "network",
    message: UNREACHABLE,
    errors: [],
    status: null,
    trace_id: null,
    retry_after_seconds: null,
    said: { reason: "network_unreachable", subject: "Harbour Works", detail: "connection refused" },
  };
}

/** What a command rejects with when the app itself cannot do what it was asked. */
export function cannot(kind: ErrorKind, reason: Reason, detail: string | null = null): IntentError {
  return {
    kind,
    message: "Words for the log.",
    errors: [],
    status: null,
    trace_id: null,
    retry_after_seconds: null,
    said: { reason, subject: null, detail },
  };
}

/** Something that keeps an instance from working. */
export function problem(reason: Reason, over: Partial<Said> = {}): Problem {
  const said = { reason, subject: null, detail: null, ...over };
  return { code: reason, message: "Words for the log.", trace_id: null, said };
}
