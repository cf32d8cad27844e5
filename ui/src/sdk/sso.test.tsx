import { act, renderHook } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { FlowState } from "../bridge/FlowState";
import { AppProvider } from "../app/context";
import { externalAccount, flow, localInstance, session, snapshot } from "../testing/fixtures";
import { StandIn } from "../testing/stand-in";
import { useClerk, useSSO, useUser } from "./hooks";
import { ClerkProvider } from "./provider";
import { SnapshotStore } from "./store";

function start(app: StandIn) {
  const store = new SnapshotStore(app.bridge, app.snapshot);
  return renderHook(() => ({ sso: useSSO(), clerk: useClerk(), user: useUser() }), {
    wrapper: ({ children }) => (
      <AppProvider store={store}>
        <ClerkProvider store={store} instance="local">
          {children}
        </ClerkProvider>
      </AppProvider>
    ),
  });
}

/** An app that goes out, and whose flow ends so. */
async function run(end: FlowState | null) {
  const app = new StandIn(snapshot([localInstance([session()])]));
  app.on("sign_in.authenticate_with_redirect", () => ({ flow: "flow_1" }));
  const { result } = start(app);
  await act(() => Promise.resolve());
  const flowing = result.current.sso.startSSOFlow({ strategy: "oauth_google", unsafeMetadata: { plan: "blue" } });
  // Handled below; it may be rejected before.
  flowing.catch(() => undefined);
  await act(() => Promise.resolve());
  // The change that shows it may come after the answer.
  for (const flows of [[], [flow()], end ? [flow({ state: end })] : []]) {
    await act(async () => {
      app.change({ flows });
      await Promise.resolve();
    });
  }
  return { app, flowing };
}

describe("startSSOFlow", () => {
  test("answers with the session once the browser is back", async () => {
    const { app, flowing } = await run({ type: "ended", outcome: { type: "signed_in", session: "sess_9" } });
    const done = await flowing;
    expect([done.createdSessionId, done.authSessionResult]).toEqual(["sess_9", { type: "success" }]);
    expect(app.asked("sign_in.authenticate_with_redirect")).toEqual([
      {
        type: "authenticate_with_redirect",
        instance: "local",
        strategy: "oauth_google",
        unsafe_metadata: { plan: "blue" },
      },
    ]);
    expect(app.snapshot.flows).toEqual([]);
  });

  test("answers with no session where something is lacking, or somebody cancelled", async () => {
    const more = await (await run({ type: "ended", outcome: { type: "goes_on" } })).flowing;
    expect([more.createdSessionId, more.authSessionResult.type]).toEqual([null, "success"]);
    const cancelled = await (await run(null)).flowing;
    expect([cancelled.createdSessionId, cancelled.authSessionResult.type]).toEqual([null, "cancel"]);
  });

  test("throws what it failed with", async () => {
    const problem = { code: "oauth_access_denied", message: "Denied.", trace_id: null, said: null };
    const { flowing } = await run({ type: "ended", outcome: { type: "failed", problem } });
    await expect(flowing).rejects.toMatchObject({ clerkError: true, errors: [{ code: "oauth_access_denied" }] });
  });
});

test("a user has accounts elsewhere, and what can be done with them", async () => {
  const here = session();
  const accounts = [
    externalAccount(),
    externalAccount({ id: "eac_2", provider: "github", username: "ada", verification: null }),
  ];
  const app = new StandIn(
    snapshot([localInstance([{ ...here, user: here.user && { ...here.user, external_accounts: accounts } }])]),
  );
  app.on("account.create_external_account", () => ({ flow: "flow_1" }));
  app.on("account.reauthorize_external_account", () => ({ flow: "flow_2" }));
  app.on("account.destroy_external_account", () => null);
  const { result } = start(app);
  await act(() => Promise.resolve());
  const { user } = result.current.user;
  const [google, github] = user?.externalAccounts ?? [];
  expect([google?.provider, google?.strategy, google?.accountIdentifier()]).toEqual([
    "google",
    "oauth_google",
    "ada@example.com",
  ]);
  expect([github?.providerSlug(), github?.strategy, github?.accountIdentifier()]).toEqual([
    "github",
    "oauth_github",
    "ada",
  ]);
  expect(user?.verifiedExternalAccounts).toEqual([google]);
  expect(user?.unverifiedExternalAccounts).toEqual([github]);
  await user?.createExternalAccount({ strategy: "oauth_x", additionalScopes: ["calendar"] });
  await google?.reauthorize({ additionalScopes: ["calendar"] });
  await google?.destroy();
  const account = { instance: "local", session: here.id };
  expect(app.calls.filter(({ room }) => room === "account").map(({ request }) => request)).toEqual([
    { type: "create_external_account", account, strategy: "oauth_x", additional_scopes: ["calendar"] },
    {
      type: "reauthorize_external_account",
      account,
      external_account_id: "eac_1",
      additional_scopes: ["calendar"],
    },
    { type: "destroy_external_account", account, external_account_id: "eac_1" },
  ]);
});
