import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { ExternalAccount } from "../../bridge/ExternalAccount";
import type { FlowView } from "../../bridge/FlowView";
import { desk } from "../../testing/desk";
import { externalAccount, flow, localInstance, proof, refusal, session, snapshot, withProviders } from "../../testing/fixtures";
import { openApp, outside } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const HERE = session();
const ACCOUNT = { instance: "local", session: HERE.id };
const SCREEN = { name: "manage", instance: "local" } as const;

function app(accounts: ExternalAccount[] = [], flows: FlowView[] = [], providers = true): StandIn {
  const person = { ...HERE, user: HERE.user && { ...HERE.user, external_accounts: accounts } };
  const instance = localInstance([person]);
  return desk(snapshot([providers ? withProviders(instance) : instance], { flows }));
}

const connecting = (over: Partial<FlowView> = {}) =>
  flow({ purpose: { type: "connect", session: HERE.id }, strategy: "oauth_github", host: "github.com", ...over });

const panel = () => within(screen.getByRole("region", { name: "Connected accounts" }));
const offered = () => panel().queryAllByRole("button", { name: /^Connect / }).map((it) => it.textContent);

test("where nothing can be connected there is nothing to see", async () => {
  await openApp(app([], [], false), [SCREEN]);
  expect(screen.queryByRole("region", { name: "Connected accounts" })).not.toBeInTheDocument();
});

test("each provider that is not connected yet can be, also one that does not sign in", async () => {
  const start = app([externalAccount()]);
  start.on("account.create_external_account", () => {
    start.change({ flows: [connecting()] });
    return { flow: "flow_1" };
  });
  const user = await openApp(start, [SCREEN]);
  expect(offered()).toEqual(["Connect Facebook", "Connect GitHub", "Connect Harbour ID"]);
  await user.click(screen.getByRole("button", { name: "Connect GitHub" }));
  expect(start.asked("account.create_external_account")).toEqual([
    { type: "create_external_account", account: ACCOUNT, strategy: "oauth_github" },
  ]);
  expect(panel().getByText(/GitHub is open at github.com/)).toBeInTheDocument();
  expect(offered()).toEqual(["Connect Facebook", "Connect Harbour ID"]);
  await user.click(panel().getByRole("button", { name: "Cancel" }));
  expect(start.snapshot.flows).toEqual([]);
  expect(offered()).toContain("Connect GitHub");
});

test("what became of it is said until the next thing is done", async () => {
  const start = app([externalAccount()], [connecting()]);
  const user = await openApp(start, [SCREEN]);
  await outside(() => {
    start.change({ flows: [connecting({ state: { type: "ended", outcome: { type: "connected" } } })] });
  });
  expect(panel().getByText("GitHub is connected.")).toBeInTheDocument();
  const claimed = { code: "oauth_identification_claimed", message: "Claimed.", trace_id: null, said: null };
  await outside(() => {
    start.change({
      flows: [connecting({ state: { type: "ended", outcome: { type: "failed", problem: claimed } } })],
    });
  });
  expect(panel().getByRole("alert")).toHaveTextContent(/belongs to somebody else/);
  start.on("account.create_external_account", () => {
    throw refusal("resource_missmatch", null, { status: 400 });
  });
  await user.click(screen.getByRole("button", { name: "Connect GitHub" }));
  expect(start.snapshot.flows).toEqual([]);
  expect(panel().getByRole("alert")).toHaveTextContent(/add this address/);
});

test("one that was not finished, or failed, says so and why", async () => {
  await openApp(
    app([
      externalAccount({ id: "eac_2", provider: "oauth_github", provider_user_id: "", verification: proof({ status: "unverified", strategy: "oauth_github" }) }),
      externalAccount({
        id: "eac_3",
        provider_user_id: "",
        verification: proof({
          status: "failed",
          error: { code: "oauth_identification_claimed", message: "", long_message: "", meta: {} },
        }),
      }),
    ]),
    [SCREEN],
  );
  const rows = panel().getAllByRole("listitem");
  expect(rows[0]).toHaveTextContent(/GitHub.*Not finished/);
  expect(rows[1]).toHaveTextContent(/Google.*Not connected.*belongs to somebody else/);
});

test("one that lets the app do all it wants is not asked again", async () => {
  await openApp(app([externalAccount()]), [SCREEN]);
  expect(panel().queryByRole("button", { name: /^Reconnect/ })).not.toBeInTheDocument();
  expect(panel().getByRole("listitem")).not.toHaveTextContent(/Reconnect/);
});

test("one whose leave was taken back says so and is asked again", async () => {
  const error = { code: "external_account_missing_refresh_token", message: "", long_message: "", meta: {} };
  await openApp(app([externalAccount({ approved_scopes: "", verification: proof({ error }) })]), [SCREEN]);
  const row = panel().getByRole("listitem");
  expect(row).toHaveTextContent(/no longer lets this app in for you/);
  expect(row).not.toHaveTextContent(/Not connected|Not finished/);
  expect(panel().getByRole("button", { name: "Reconnect Google, ada@example.com" })).toBeInTheDocument();
});

test("one that was asked again, and did not agree, is what it was before", async () => {
  const error = { code: "oauth_access_denied", message: "", long_message: "", meta: {} };
  await openApp(app([externalAccount({ verification: proof({ status: "failed", error }) })]), [SCREEN]);
  const row = panel().getByRole("listitem");
  expect(row).toHaveTextContent(/did not agree/);
  expect(row).not.toHaveTextContent(/Not connected|Not finished/);
  expect(panel().getByRole("button", { name: "Reconnect Google, ada@example.com" })).toBeInTheDocument();
});

test("one is asked again for what it lets the app do, and disconnected after the app has asked", async () => {
  const start = app([externalAccount({ missing_scopes: "calendar" })]);
  start.on("account.reauthorize_external_account", () => ({ flow: "flow_1" }));
  start.on("account.destroy_external_account", () => {
    throw refusal("last_required_identification_deletion_failed", null, { status: 400 });
  });
  const user = await openApp(start, [SCREEN]);
  expect(panel().getByRole("listitem")).toHaveTextContent(/More is asked for at Google than you have agreed to/);
  await user.click(screen.getByRole("button", { name: "Reconnect Google, ada@example.com" }));
  expect(start.asked("account.reauthorize_external_account")).toEqual([
    { type: "reauthorize_external_account", account: ACCOUNT, external_account_id: "eac_1" },
  ]);
  await user.click(screen.getByRole("button", { name: "Disconnect Google, ada@example.com" }));
  expect(panel().getByRole("alert")).toHaveTextContent(/so it stays/);
  start.on("account.destroy_external_account", () => null);
  await user.click(screen.getByRole("button", { name: "Disconnect Google, ada@example.com" }));
  expect(panel().getByText("Google was disconnected.")).toBeInTheDocument();
});
