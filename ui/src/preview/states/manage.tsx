import type { SessionView } from "../../bridge/SessionView";
import type { User } from "../../bridge/User";
import { desk } from "../../testing/desk";
import { ACTIVE_SESSION, emailAddress, localInstance, NOW, session, snapshot } from "../../testing/fixtures";
import type { StandIn } from "../../testing/stand-in";
import type { PreviewState } from "../state";

/** Somebody who may change everything. */
function person(over: (user: User) => Partial<User> = () => ({})): SessionView {
  const here = session();
  const { user } = here;
  return { ...here, user: user && { ...user, password_enabled: true, delete_self_enabled: true, ...over(user) } };
}

function manage(id: string, here: SessionView = person(), over: Partial<PreviewState> = {}): PreviewState {
  const app = (): StandIn =>
    desk(snapshot([localInstance([here])])).on("account.active_sessions", () =>
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
  manage("manage-no-deletion", person(() => ({ delete_self_enabled: false }))),
  manage("manage-delete", person(), { press: (words) => words.account.deleteButton }),
];
