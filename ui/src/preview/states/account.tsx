import type { SessionView } from "../../bridge/SessionView";
import type { Snapshot } from "../../bridge/Snapshot";
import { desk } from "../../testing/desk";
import {
  ACTIVE_SESSION,
  localInstance,
  NOW,
  type Person,
  problem,
  remoteInstance,
  session,
  snapshot,
  unreachable,
} from "../../testing/fixtures";
import { held, type StandIn } from "../../testing/stand-in";
import type { PreviewState } from "../state";

const HERE = session();

function account(sessions: SessionView[] = [HERE], over: Partial<Snapshot> = {}): StandIn {
  const here = { ...ACTIVE_SESSION, id: sessions[0]?.id ?? "" };
  return desk(snapshot([localInstance(sessions)], over)).on("account.active_sessions", () => [here]);
}

const NAMES: [string, string][] = [
  ["Ada", "Lovelace"],
  ["Grace", "Hopper"],
  ["李", "小龙"],
  ["Ólafur", "Arnalds"],
  ["יעל", "כהן"],
  ["Zoë", "Ångström"],
  ["Ravi", "Iyer"],
  ["Mary", "Jackson"],
  ["Noor", "Haddad"],
  ["Ines", "Sousa"],
];
const TWENTY: Person[] = Array.from({ length: 20 }, (_, index) => {
  const [first, last] = NAMES[index % NAMES.length] ?? ["", ""];
  return { first, last, email: `person${index + 1}@example.com` };
});

export const ACCOUNT_STATES: PreviewState[] = [
  { id: "account", app: () => account() },
  {
    id: "account-loading",
    app: () =>
      desk(
        snapshot([localInstance([], { status: "loading", client: null, environment: null })], {
          active: { instance: "local", session: HERE.id },
        }),
      ),
  },
  {
    id: "account-error",
    app: () =>
      desk(
        snapshot(
          [
            localInstance([], {
              status: "error",
              client: null,
              environment: null,
              problem: problem("instance_key_mismatch"),
            }),
          ],
          { active: { instance: "local", session: HERE.id } },
        ),
      ),
  },
  {
    id: "account-offline",
    app: () =>
      desk(
        snapshot([
          remoteInstance([HERE], {
            status: "degraded",
            problem: problem("network_unreachable", { subject: "Harbour Works" }),
          }),
        ]),
      ).on("account.active_sessions", () => {
        throw unreachable();
      }),
  },
  {
    id: "account-network-wants-sign-in",
    app: () =>
      desk(
        snapshot([
          remoteInstance([HERE], {
            status: "degraded",
            problem: problem("network_wants_sign_in", { subject: "Harbour Works", detail: "status 302" }),
          }),
        ]),
      ),
  },
  {
    id: "account-clock",
    app: () => desk(snapshot([remoteInstance([HERE], { clock_ahead: 300_000 })])),
  },
  {
    id: "account-keychain-locked",
    app: () =>
      account([HERE], { vault: { keeper: "keychain", state: "locked", store: "Secret Service", detail: null } }),
  },
  {
    id: "account-keychain-absent",
    app: () => account([HERE], { vault: { keeper: "keychain", state: "absent", store: "", detail: null } }),
  },
  {
    id: "account-no-name",
    app: () => account([session({ first: null, last: null, email: "somebody@example.com" })]),
  },
  {
    id: "account-long-name",
    app: () =>
      account([
        session({
          first: "Maximiliana Theodora Wilhelmina",
          last: "Featherstonehaugh-Cholmondeley-Warner of Upper Slaughter",
          email: "maximiliana.featherstonehaugh-cholmondeley+frontdesk@department.of.long.names.example",
        }),
      ]),
  },
  {
    id: "account-right-to-left",
    app: () =>
      account([session({ first: "نور الهدى", last: "بن عبد الرحمن", email: "noor@example.com" })]),
  },
  {
    id: "account-find",
    app: () => account(TWENTY.map((person) => session(person))),
    press: (words) => words.rail.find,
  },
  { id: "account-edit-name", app: () => account(), press: (words) => words.account.editName },
  {
    id: "account-twenty",
    app: () => {
      const sessions = TWENTY.map((person) => session(person));
      const ended = sessions.map((entry, index) =>
        index === 3 ? { ...entry, status: "ended" } : entry,
      );
      const elsewhere = [
        session({ first: "Ada", last: "Lovelace", email: "ada@harbour.example" }),
      ];
      const app = desk(
        snapshot([
          localInstance(ended.slice(0, 14)),
          remoteInstance([...ended.slice(14), ...elsewhere], { status: "degraded" }),
        ]),
      );
      return app.on("account.active_sessions", () => [
        { ...ACTIVE_SESSION, id: sessions[0]?.id ?? "" },
      ]);
    },
  },
  {
    id: "account-devices",
    app: () =>
      account().on("account.active_sessions", () => [
        { ...ACTIVE_SESSION, id: HERE.id },
        ...["Firefox", "Chrome Mobile", "Safari"].map((browser_name, index) => ({
          ...ACTIVE_SESSION,
          id: `sess_${index}`,
          last_active_at: NOW - index * 86_400_000,
          latest_activity: {
            object: "session_activity",
            id: `act_${index}`,
            device_type: ["Windows", "Android", "Macintosh"][index] ?? null,
            is_mobile: index === 1,
            browser_name,
            browser_version: `${140 + index}.0`,
            ip_address: `203.0.113.${index + 7}`,
            city: ["Lisbon", "Reykjavík", null][index] ?? null,
            country: ["Portugal", "Iceland", null][index] ?? null,
          },
        })),
        { ...ACTIVE_SESSION, id: "sess_9", latest_activity: null },
      ]),
  },
  {
    id: "account-devices-loading",
    app: () => account().on("account.active_sessions", () => held().promise),
  },
  {
    id: "account-devices-empty",
    app: () => account().on("account.active_sessions", () => []),
  },
  {
    id: "account-not-ready",
    app: () => account([session({}, { status: "pending" })]),
  },
  {
    id: "account-expired",
    app: () => account([session({}, { status: "expired" })]),
  },
  {
    id: "account-ended",
    app: () => account([session({}, { status: "ended" })]),
  },
  {
    id: "account-vanished",
    app: () => account([session({}, { status: "vanished" })]),
  },
  {
    id: "account-unknown",
    app: () => account([session({}, { user: null })]),
  },
];
