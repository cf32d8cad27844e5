import { sentenceOf } from "../../app/failure";
import type { VaultView } from "../../bridge/VaultView";
import { ConnectScreen, type ConnectState } from "../../features/welcome/ConnectScreen";
import { desk } from "../../testing/desk";
import {
  cannot,
  ENVIRONMENT,
  localInstance,
  NOW,
  problem,
  remoteInstance,
  session,
  SIGN_UP,
  snapshot,
  unreachable,
} from "../../testing/fixtures";
import type { Catalogue } from "../../words/words";
import type { PreviewState } from "../state";

const KEY = "pk_live_Y2xlcmsuaGFyYm91ci5leGFtcGxlJA";

function withVault(state: VaultView["state"], detail: string | null = null) {
  return desk(snapshot([localInstance()], { vault: { keeper: "keychain", state, store: "Secret Service", detail } }));
}

function connect(id: string, state: ConnectState | ((words: Catalogue) => ConnectState)): PreviewState {
  return {
    id,
    app: () => desk(),
    initial: [{ name: "connect" }],
    draw: (words) => <ConnectScreen initial={typeof state === "function" ? state(words) : state} />,
  };
}

export const WELCOME_STATES: PreviewState[] = [
  { id: "welcome-first", app: () => desk() },
  {
    id: "welcome-loading",
    app: () => desk(snapshot([], { status: "loading", vault: { keeper: "keychain", state: "checking", store: "", detail: null } })),
  },
  { id: "welcome-keychain-waiting", app: () => withVault("waiting") },
  { id: "welcome-keychain-locked", app: () => withVault("locked") },
  { id: "welcome-keychain-denied", app: () => withVault("denied", "access denied") },
  { id: "welcome-keychain-no-collection", app: () => withVault("no_collection") },
  { id: "welcome-keychain-broken", app: () => withVault("broken") },
  { id: "welcome-keychain-absent", app: () => withVault("absent") },
  { id: "welcome-keychain-full", app: () => withVault("full") },
  {
    id: "welcome-keychain-failed",
    app: () => withVault("failed", "prompt dismissed"),
  },
  {
    id: "welcome-error",
    app: () =>
      desk(
        snapshot([
          localInstance([], {
            status: "error",
            client: null,
            environment: null,
            problem: problem("database_newer"),
          }),
        ]),
      ),
  },
  {
    id: "welcome-offline",
    app: () => desk(snapshot([remoteInstance([], { status: "degraded", answered_at: NOW })])),
  },
  {
    id: "welcome-resume",
    app: () => {
      const instance = localInstance();
      const client = instance.client && { ...instance.client, sign_up: SIGN_UP };
      return desk(snapshot([{ ...instance, client }]));
    },
  },
  {
    id: "welcome-by-invitation",
    app: () => {
      const { user_settings } = ENVIRONMENT;
      const sign_up = { ...user_settings.sign_up, mode: "restricted" };
      const environment = { ...ENVIRONMENT, user_settings: { ...user_settings, sign_up } };
      return desk(snapshot([localInstance([], { environment })]));
    },
  },
  {
    id: "welcome-add",
    app: () => desk(snapshot([localInstance([session()]), remoteInstance()])),
    initial: [{ name: "welcome" }],
  },
  {
    id: "choose",
    app: () =>
      desk(
        snapshot(
          [
            localInstance([session()]),
            remoteInstance([
              session({ first: "Grace", last: "Hopper", email: "grace@example.com" }, { status: "revoked" }),
              session({ first: null, last: null, email: "alan@harbour.example" }),
            ]),
          ],
          { active: null },
        ),
      ),
  },
  connect("connect-empty", { step: "key", key: "", error: null, round: 0 }),
  connect("connect-wrong", (words) => ({
    step: "key",
    key: "sk_live_abc",
    error: sentenceOf(cannot("refused", "key_prefix"), words),
    round: 1,
  })),
  connect("connect-confirm", {
    step: "confirm",
    key: KEY,
    preview: {
      publishable_key: KEY,
      asked_host: null,
      host: "clerk.harbour.example",
      host_unicode: null,
      environment_type: "production",
    },
    failure: null,
  }),
  connect("connect-elsewhere", {
    step: "confirm",
    key: "harbour.example",
    preview: {
      publishable_key: KEY,
      asked_host: "harbour.example",
      host: "clerk.harbour.example",
      host_unicode: null,
      environment_type: "production",
    },
    failure: null,
  }),
  connect("connect-no-server", (words) => ({
    step: "key",
    key: "clerk.harbour.example",
    error: sentenceOf(
      {
        ...cannot("refused", "address_unknown"),
        said: { reason: "address_unknown", subject: "clerk.harbour.example", detail: null },
      },
      words,
    ),
    round: 1,
  })),
  connect("connect-punycode", {
    step: "confirm",
    key: KEY,
    preview: {
      publishable_key: KEY,
      asked_host: null,
      host: "clerk.xn--hrbour-fya.accounts.example",
      host_unicode: "clerk.härbour.accounts.example",
      environment_type: "development",
    },
    failure: null,
  }),
  connect("connect-failed", (words) => ({
    step: "confirm",
    key: KEY,
    preview: {
      publishable_key: KEY,
      asked_host: null,
      host: "clerk.harbour.example",
      host_unicode: null,
      environment_type: "production",
    },
    failure: { message: sentenceOf(unreachable(), words), code: "network", traceId: null },
  })),
];
