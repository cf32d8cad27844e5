import type { Factor } from "../../bridge/Factor";
import type { InstanceView } from "../../bridge/InstanceView";
import type { SessionReverification } from "../../bridge/SessionReverification";
import type { SessionView } from "../../bridge/SessionView";
import type { User } from "../../bridge/User";
import { desk } from "../../testing/desk";
import {
  ACTIVE_SESSION,
  emailAddress,
  localInstance,
  NOW,
  phoneNumber,
  refusal,
  reverification,
  session,
  snapshot,
  withAttributes,
} from "../../testing/fixtures";
import type { StandIn } from "../../testing/stand-in";
import type { Catalogue } from "../../words/words";
import type { PreviewState } from "../state";

/** Somebody who may change everything. */
export function person(over: (user: User) => Partial<User> = () => ({})): SessionView {
  const here = session();
  const { user } = here;
  return { ...here, user: user && { ...user, password_enabled: true, delete_self_enabled: true, ...over(user) } };
}

/** What the instance lets people turn on. */
export const WITH_FACTORS = (instance: InstanceView) =>
  withAttributes(instance, { phone_number: {}, authenticator_app: {}, backup_code: {} });

/** A fresh proof is wanted before an authenticator app is added, and begins so. */
export function asked(begins: () => SessionReverification, instance = WITH_FACTORS) {
  return {
    instance,
    press: (words: Catalogue) => words.twoStep.addAuthenticator,
    teach: (app: StandIn) =>
      app
        .on("account.create_totp", () => {
          throw refusal("session_reverification_required", null, { status: 403 });
        })
        .on("session.start_verification", begins)
        .on("session.prepare_second_factor_verification", begins),
  };
}

function needsSecond(supported_second_factors: Factor[]): SessionReverification {
  return reverification({ status: "needs_second_factor", supported_first_factors: null, supported_second_factors });
}

export function manage(
  id: string,
  here: SessionView = person(),
  {
    instance = (view) => view,
    teach = (app) => app,
    ...over
  }: Partial<PreviewState> & {
    instance?: (view: InstanceView) => InstanceView;
    teach?: (app: StandIn) => StandIn;
  } = {},
): PreviewState {
  const app = (): StandIn =>
    teach(desk(snapshot([instance(localInstance([here]))]))).on("account.active_sessions", () =>
      [here.id, "sess_1", "sess_2"].map((device, index) => ({
        ...ACTIVE_SESSION,
        id: device,
        last_active_at: NOW - index * 86_400_000,
      })),
    );
  return { id, app, initial: [{ name: "manage", instance: "local" }], ...over };
}

const MANY = person(({ email_addresses }) => ({
  email_addresses: [
    ...email_addresses,
    emailAddress({ id: "idn_2", email_address: "countess@example.com" }),
    emailAddress({
      id: "idn_3",
      email_address: "maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example",
      verification: null,
    }),
  ],
}));

/** Somebody with every second factor there is. */
const PROTECTED = person(() => ({
  totp_enabled: true,
  two_factor_enabled: true,
  backup_code_enabled: true,
  primary_phone_number_id: "idn_p1",
  phone_numbers: [
    phoneNumber({ reserved_for_second_factor: true }),
    phoneNumber({ id: "idn_p2", phone_number: "+12015550123", verification: null }),
  ],
}));

export const MANAGE_STATES: PreviewState[] = [
  manage("manage"),
  manage("manage-picture", person(() => ({ has_image: true, image_url: "http://127.0.0.1:47113/v1/images/img_1" }))),
  manage("manage-addresses", MANY),
  manage("manage-add-address", MANY, { press: (words) => words.account.addEmail }),
  manage("manage-remove-address", MANY, { press: (words) => words.account.removeEmailOf("countess@example.com") }),
  manage("manage-enter-code", MANY, {
    press: (words) =>
      `${words.account.enterCode}: maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example`,
  }),
  manage("manage-change-password", person(), { press: (words) => words.account.changePassword }),
  manage("manage-set-password", person(() => ({ password_enabled: false })), {
    press: (words) => words.account.setPassword,
  }),
  manage("manage-two-step-off", person(), { instance: WITH_FACTORS, press: (words) => words.twoStep.title }),
  manage("manage-two-step", PROTECTED, { instance: WITH_FACTORS, press: (words) => words.twoStep.title }),
  manage("manage-authenticator", person(), {
    instance: WITH_FACTORS,
    press: (words) => words.twoStep.addAuthenticator,
  }),
  manage("manage-backup-codes", person(() => ({ phone_numbers: [phoneNumber()] })), {
    instance: WITH_FACTORS,
    press: (words) => words.twoStep.usePhone("+49 30 123456"),
  }),
  manage("manage-remove-authenticator", PROTECTED, {
    instance: WITH_FACTORS,
    press: (words) => words.twoStep.removeAuthenticator,
  }),
  manage("manage-phones", PROTECTED, { instance: WITH_FACTORS, press: (words) => words.account.phones }),
  manage("manage-add-phone", PROTECTED, { instance: WITH_FACTORS, press: (words) => words.account.addPhone }),
  manage("reverify-password", person(), asked(() => reverification())),
  manage("reverify-authenticator", person(), asked(() => needsSecond([{ strategy: "totp" }, { strategy: "backup_code" }]))),
  manage("reverify-backup", person(), asked(() => needsSecond([{ strategy: "backup_code" }]))),
  manage("reverify-text", person(), asked(() => needsSecond([{ strategy: "phone_code", phone_number_id: "idn_p1", safe_identifier: "+49 ** ****56" }]))),
  manage("reverify-impossible", person(), asked(() => needsSecond([]))),
  manage("manage-no-deletion", person(() => ({ delete_self_enabled: false }))),
  manage("manage-delete", person(), { press: (words) => words.account.deleteButton }),
];
