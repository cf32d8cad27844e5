import type { FlowView } from "../../bridge/FlowView";
import type { InstanceView } from "../../bridge/InstanceView";
import { SignInScreen } from "../../features/sign-in/SignInScreen";
import { desk } from "../../testing/desk";
import {
  externalAccount,
  flow,
  localInstance,
  problem,
  proof,
  remoteInstance,
  session,
  SIGN_UP,
  snapshot,
  withProviders,
} from "../../testing/fixtures";
import type { StandIn } from "../../testing/stand-in";
import { AtInstance } from "../../window/screens";
import type { Catalogue } from "../../words/words";
import type { PreviewState } from "../state";

const EMPTY = { step: "identifier", identifier: "", error: null, unknown: false, failure: null, round: 0 } as const;
const HERE = withProviders(localInstance());
const THERE = withProviders(remoteInstance());

function at(
  id: string,
  screen: "sign-in" | "sign-up",
  { instance = HERE, flows = [], press }: {
    instance?: InstanceView;
    flows?: FlowView[];
    press?: (words: Catalogue) => string;
  } = {},
): PreviewState {
  return {
    id: `browser-${id}`,
    app: () => desk(snapshot([instance], { flows })),
    initial: [{ name: screen, instance: instance.id }],
    ...(press && { press }),
  };
}

/** A sign-in that was refused before or after it went out. */
function refused(id: string, code: string, instance: InstanceView, redirect?: string): PreviewState {
  return {
    id: `browser-${id}`,
    app: () => desk(snapshot([instance], redirect === undefined ? {} : { redirect_url: redirect })),
    initial: [{ name: "sign-in", instance: instance.id }],
    draw: (words) => {
      const known = words.errors.byCode as Partial<Record<string, string>>;
      const failure = { message: known[code] ?? code, code, traceId: "3f2a9c1b7d" };
      return (
        <AtInstance instance={instance.id}>
          <SignInScreen instance={instance.id} initial={{ ...EMPTY, failure }} />
        </AtInstance>
      );
    },
  };
}

const PERSON = session();
const MANY = {
  ...PERSON,
  user: PERSON.user && {
    ...PERSON.user,
    external_accounts: [
      externalAccount(),
      externalAccount({
        id: "eac_2",
        provider: "oauth_github",
        email_address: "",
        username: "ada-lovelace-countess-of-lovelace-and-first-of-programmers",
        provider_user_id: "",
        verification: proof({ status: "unverified", strategy: "oauth_github" }),
      }),
      externalAccount({
        id: "eac_3",
        provider: "oauth_custom_harbour",
        email_address: "",
        provider_user_id: "",
        verification: proof({
          status: "failed",
          strategy: "oauth_custom_harbour",
          error: { code: "oauth_identification_claimed", message: "", long_message: "", meta: {} },
        }),
      }),
      externalAccount({
        id: "eac_4",
        provider: "oauth_facebook",
        approved_scopes: "",
        verification: proof({
          strategy: "oauth_facebook",
          error: { code: "external_account_missing_refresh_token", message: "", long_message: "", meta: {} },
        }),
      }),
    ],
  },
};

function connections(id: string, here = PERSON, flows: FlowView[] = []): PreviewState {
  const app = (): StandIn => desk(snapshot([withProviders(localInstance([here]))], { flows }));
  return { id: `connections-${id}`, app, initial: [{ name: "manage", instance: "local" }] };
}

const connecting = (over: Partial<FlowView> = {}) =>
  flow({
    purpose: { type: "connect", session: PERSON.id },
    strategy: "oauth_github",
    host: "github.com",
    ...over,
  });

const lacking = (): StandIn => {
  const sign_up = {
    ...SIGN_UP,
    missing_fields: ["first_name", "password"],
    unverified_fields: [],
    verifications: {
      ...SIGN_UP.verifications,
      external_account: proof(),
    },
  };
  const instance = { ...HERE, client: HERE.client && { ...HERE.client, sign_up } };
  const back = flow({ purpose: { type: "sign_up" }, state: { type: "ended", outcome: { type: "goes_on" } } });
  return desk(snapshot([instance], { flows: [back] }));
};

export const BROWSER_STATES: PreviewState[] = [
  at("providers", "sign-in", { instance: { ...HERE, last_strategy: "oauth_github" } }),
  at("providers-sign-up", "sign-up"),
  at("waiting", "sign-in", { flows: [flow()] }),
  at("waiting-long", "sign-up", {
    instance: THERE,
    flows: [
      flow({
        instance: "remote",
        purpose: { type: "sign_up" },
        strategy: "oauth_custom_harbour",
        host: "xn--hafenmeister-anmeldung-und-mehr-x3c.identity.harbour-works.example:8443",
      }),
    ],
  }),
  at("paste", "sign-in", { flows: [flow()], press: (words) => words.browser.paste }),
  at("asking", "sign-in", {
    instance: THERE,
    flows: [
      flow({
        instance: "remote",
        strategy: "oauth_custom_harbour",
        host: "login.harbour-works.example",
        state: { type: "asking" },
      }),
    ],
  }),
  at("unopened", "sign-in", { flows: [flow({ state: { type: "unopened", detail: "xdg-open: not found" } })] }),
  at("returning", "sign-in", { flows: [flow({ state: { type: "returning", problem: null } })] }),
  at("returning-offline", "sign-in", {
    instance: THERE,
    flows: [
      flow({
        instance: "remote",
        state: { type: "returning", problem: problem("network_unreachable", { subject: "Harbour Works" }) },
      }),
    ],
  }),
  refused("denied", "oauth_access_denied", HERE),
  refused("not-listed", "resource_missmatch", THERE),
  refused("not-listed-port", "resource_missmatch", THERE, "http://127.0.0.1/callback"),
  refused("native-off", "native_api_disabled", THERE),
  {
    id: "browser-lacking",
    app: lacking,
    initial: [{ name: "sign-up", instance: "local" }],
  },
  connections("none"),
  connections("many", MANY),
  connections("waiting", PERSON, [connecting()]),
  connections("connected", MANY, [
    connecting({ strategy: "oauth_google", state: { type: "ended", outcome: { type: "connected" } } }),
  ]),
  connections("failed", PERSON, [
    connecting({
      state: {
        type: "ended",
        outcome: {
          type: "failed",
          problem: { code: "oauth_identification_claimed", message: "Claimed.", trace_id: null, said: null },
        },
      },
    }),
  ]),
];
