import { describe, expect, test } from "vitest";

import type { AuthenticatorView } from "../bridge/AuthenticatorView";
import { cannot, LOCAL, localInstance, NOW, passkey, reverification, session, SIGN_IN, snapshot } from "../testing/fixtures";
import { StandIn } from "../testing/stand-in";
import { ApiResponseError } from "./errors";
import { isPasskeyCancelledError } from "./resources/passkey";
import { SessionResource } from "./resources/session";
import { SignInResource } from "./resources/sign-in";
import { UserResource } from "./resources/user";

const KEY = { instance: LOCAL, session: session().id };
const PIER = passkey({ id: "idn_k1", name: "Pier", created_at: NOW, last_used_at: NOW + 1000 });

function app(authenticators: AuthenticatorView[] = []): StandIn {
  return new StandIn(snapshot([localInstance([session()])])).on("app.authenticators", () => authenticators);
}

function ada(from: StandIn): UserResource {
  const raw = session().user;
  if (!raw) throw new Error("The session of the fixtures has no user.");
  return new UserResource({ ...raw, passkeys: [PIER] }, KEY, from.bridge);
}

describe("a user's passkeys", () => {
  test("are read with what there is to know of each", () => {
    const [pier] = ada(app()).passkeys;
    expect(pier).toMatchObject({ id: "idn_k1", name: "Pier", lastUsedAt: new Date(NOW + 1000), createdAt: new Date(NOW) });
    expect(pier?.verification.status).toBe("verified");
  });

  test.each<[string, AuthenticatorView[], string]>([
    ["the first that can be used", [{ kind: "windows", unready: null }, { kind: "security_key", unready: null }], "windows"],
    [
      "one that may be tried before one that cannot be used",
      [
        { kind: "this_device", unready: { type: "locked", detail: "" } },
        { kind: "security_key", unready: { type: "no_answer" } },
      ],
      "security_key",
    ],
    ["this device where none can, which says why", [{ kind: "security_key", unready: { type: "failed", detail: "" } }], "this_device"],
  ])("are made with %s", async (_which, authenticators, authenticator) => {
    const from = app(authenticators).on("account.create_passkey", () => PIER);
    const made = await ada(from).createPasskey();
    expect(made.name).toBe("Pier");
    expect(from.asked("account.create_passkey")).toEqual([{ type: "create_passkey", account: KEY, authenticator }]);
  });

  test("are made with the authenticator that is named, without asking for the others", async () => {
    const from = app().on("account.create_passkey", () => PIER);
    await ada(from).createPasskey({ authenticator: "security_key" });
    expect(from.asked("app.authenticators")).toEqual([]);
    expect(from.asked("account.create_passkey").map((request) => request["authenticator"])).toEqual(["security_key"]);
  });

  test("get another name, and go", async () => {
    const from = app()
      .on("account.update_passkey", ({ name }) => ({ ...PIER, name: String(name) }))
      .on("account.delete_passkey", () => null);
    const [pier] = ada(from).passkeys;
    expect((await pier?.update({ name: "Ring" }))?.name).toBe("Ring");
    await pier?.delete();
    const request = { account: KEY, passkey_id: "idn_k1" };
    expect(from.asked("account.update_passkey")).toEqual([{ type: "update_passkey", ...request, name: "Ring" }]);
    expect(from.asked("account.delete_passkey")).toEqual([{ type: "delete_passkey", ...request }]);
  });
});

test("a fresh proof by a passkey is one of the session", async () => {
  const from = app([{ kind: "this_device", unready: null }]).on("session.verify_with_passkey", () =>
    reverification({ status: "complete" }),
  );
  const verified = await new SessionResource(session(), LOCAL, from.bridge).verifyWithPasskey();
  expect(verified.status).toBe("complete");
  expect(from.asked("session.verify_with_passkey")).toEqual([
    { type: "verify_with_passkey", account: KEY, authenticator: "this_device" },
  ]);
});

describe("signing in by a passkey", () => {
  test.each([
    [undefined, false],
    [{ flow: "discoverable" } as const, true],
  ])("with %j is discoverable: %s", async (params, discoverable) => {
    const from = app([{ kind: "this_device", unready: null }]).on("sign_in.authenticate_with_passkey", () => ({
      ...SIGN_IN,
      status: "complete",
      created_session_id: "sess_1",
    }));
    const attempt = await new SignInResource(null, LOCAL, from.bridge).authenticateWithPasskey(params);
    expect([attempt.status, attempt.createdSessionId]).toEqual(["complete", "sess_1"]);
    expect(from.asked("sign_in.authenticate_with_passkey")).toEqual([
      { type: "authenticate_with_passkey", instance: LOCAL, authenticator: "this_device", discoverable },
    ]);
  });

  test("that was cancelled can be told from one that failed", async () => {
    const from = app([{ kind: "this_device", unready: null }]);
    const signIn = new SignInResource(null, LOCAL, from.bridge);
    const attempt = () => signIn.authenticateWithPasskey().catch((error: unknown) => error);
    from.on("sign_in.authenticate_with_passkey", () => {
      throw cannot("refused", "passkey_cancelled");
    });
    const cancelled = await attempt();
    expect(cancelled).toBeInstanceOf(ApiResponseError);
    expect(isPasskeyCancelledError(cancelled)).toBe(true);
    from.on("sign_in.authenticate_with_passkey", () => {
      throw cannot("refused", "passkey_none");
    });
    expect(isPasskeyCancelledError(await attempt())).toBe(false);
  });
});
