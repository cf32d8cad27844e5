import type { NetworkView } from "../../bridge/NetworkView";
import type { Reason } from "../../bridge/Reason";
import type { VaultView } from "../../bridge/VaultView";
import { desk } from "../../testing/desk";
import { cannot, localInstance, remoteInstance, session, snapshot } from "../../testing/fixtures";
import { held, NETWORK, type StandIn } from "../../testing/stand-in";
import type { Catalogue } from "../../words/words";
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

function withNetwork(network: Partial<NetworkView>) {
  return () =>
    desk(snapshot([localInstance([session()]), remoteInstance()])).on("app.network", () => ({ ...NETWORK, ...network }));
}

function unreached(reason: Reason, detail: string) {
  return {
    ...settings(`settings-network-${reason.replaceAll("_", "-")}`, () =>
      desk(snapshot([localInstance([session()]), remoteInstance()])).on("instance.reload", () => {
        throw cannot("network", reason, detail);
      }),
    ),
    press: (words: Catalogue) => words.network.reachInstance("Harbour Works"),
  };
}

const AUTHORITY = {
  fingerprint: "5f1c7e0b7a9f4d2c8e6b3a1d0c9f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d7",
  subject: "Harbour Works Root (Harbour Works)",
  expires_at: Date.UTC(2035, 0, 1, 12),
  expired: false,
};
const MANUAL: NetworkView["choice"] = {
  type: "manual",
  kind: "socks5",
  host: "proxy.harbour.example",
  port: 1080,
  exceptions: ".harbour.example",
  user: "ada",
};

export const SETTINGS_STATES: PreviewState[] = [
  settings("settings"),
  { ...settings("settings-tools"), preferences: { tools: true } },
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
  settings(
    "settings-network-manual",
    withNetwork({
      choice: MANUAL,
      password_kept: true,
      proxy: { address: "socks5h://proxy.harbour.example:1080", source: "manual", variable: null, exceptions: ".harbour.example" },
      authorities: [
        AUTHORITY,
        { ...AUTHORITY, fingerprint: AUTHORITY.fingerprint.replace("5", "6"), subject: "Old Root", expires_at: Date.UTC(2020, 0, 1, 12), expired: true },
      ],
    }),
  ),
  settings(
    "settings-network-environment",
    withNetwork({
      proxy: { address: "http://proxy.harbour.example:3128", source: "environment", variable: "HTTPS_PROXY", exceptions: "" },
    }),
  ),
  settings(
    "settings-network-desktop",
    withNetwork({
      proxy: { address: "http://proxy.harbour.example:3128", source: "desktop", variable: null, exceptions: "localhost, *.harbour.example" },
    }),
  ),
  settings("settings-network-script", withNetwork({ script: "http://net.harbour.example/proxy.pac" })),
  { ...settings("settings-network-reached"), press: (words) => words.network.reachInstance("Harbour Works") },
  unreached("proxy_unreachable", "connection refused"),
  unreached("proxy_wants_password", "proxy authorization required"),
  unreached("issuer_not_trusted", "Harbour Works Root"),
  unreached("name_not_found", "failed to lookup address information"),
  unreached("network_wants_sign_in", "status 511"),
  {
    ...settings("settings-network-file-refused", () =>
      desk(snapshot([localInstance([session()])])).on("app.add_authorities", () => {
        throw cannot("refused", "authority_private_key");
      }),
    ),
    press: (words) => words.network.addAuthorities,
  },
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
