import type { VaultView } from "../../bridge/VaultView";
import { desk } from "../../testing/desk";
import { localInstance, remoteInstance, session, snapshot } from "../../testing/fixtures";
import { held, type StandIn } from "../../testing/stand-in";
import type { PreviewState } from "../state";

const DIAGNOSTICS = [
  "Frontdesk 0.1.0, Linux x86_64, WebKitGTK 2.50.6",
  "Data folder: ~/.local/share/io.example.app",
  "Keychain: Secret Service, ready",
  "Instance local (This computer): ready, answered 2026-01-01 00:00:00 UTC, 1 account",
  "Instance x3Fq (clerk.harbour.example): degraded, network_unreachable, 1 account",
].join("\n");

function settings(
  id: string,
  app: () => StandIn = () => desk(snapshot([localInstance([session()]), remoteInstance()])),
): PreviewState {
  return {
    id,
    app: () => {
      const made = app();
      return made.on("app.diagnostics", () => ({ text: DIAGNOSTICS }));
    },
    initial: [{ name: "settings" }],
  };
}

function withVault(state: VaultView["state"], detail: string | null = null) {
  return () =>
    desk(
      snapshot([localInstance([session()])], { vault: { keeper: "keychain", state, store: "Secret Service", detail } }),
    );
}

export const SETTINGS_STATES: PreviewState[] = [
  settings("settings"),
  settings("settings-keychain-checking", withVault("checking")),
  settings("settings-keychain-waiting", withVault("waiting")),
  settings("settings-keychain-locked", withVault("locked")),
  settings("settings-keychain-denied", withVault("denied", "access denied")),
  settings("settings-keychain-absent", withVault("absent")),
  settings("settings-keychain-no-collection", withVault("no_collection", "no default collection")),
  settings("settings-keychain-broken", withVault("broken")),
  settings(
    "settings-keychain-failed",
    withVault("failed", "prompt dismissed"),
  ),
  { ...settings("settings-rename"), press: (words) => words.settings.renameInstance("Harbour Works") },
  { ...settings("settings-remove"), press: (words) => words.settings.removeInstance("Harbour Works") },
  {
    ...settings("settings-loading"),
    app: () => desk().on("app.diagnostics", () => held().promise),
  },
  settings("settings-many", () =>
    desk(
      snapshot([
        localInstance([session()]),
        remoteInstance(),
        remoteInstance([], {
          id: "long",
          name: "Department of Exceedingly Long Names and Numbers, Northern Branch",
          host: "clerk.department-of-exceedingly-long-names-and-numbers.northern-branch.example",
          status: "degraded",
        }),
        remoteInstance([], { id: "rtl", name: "مكتب الاستقبال", host: "clerk.reception.example" }),
      ]),
    ),
  ),
];
