import { describe, expect, test } from "vitest";

import type { InstanceView } from "../bridge/InstanceView";
import type { SavedPassword } from "../bridge/SavedPassword";
import { cannot, LOCAL, localInstance, phoneNumber, refusal, session, SIGN_IN, snapshot } from "../testing/fixtures";
import { outside, renderAt } from "../testing/render";
import { StandIn } from "../testing/stand-in";
import { isPasskeyCancelledError } from "./resources/passkey";
import { useLocalCredentials, type UseLocalCredentialsReturn } from "./local-credentials";

const ADA = session();

function kept(identifier: string): SavedPassword {
  return { type: "kept", identifier };
}

function app(saved_password: SavedPassword, here = [ADA], over: Partial<InstanceView> = {}): StandIn {
  return new StandIn(snapshot([localInstance(here, { saved_password, ...over })]));
}

/** What the hook answers now, below a provider. */
async function read(from: StandIn): Promise<{ current: UseLocalCredentialsReturn }> {
  const result = {} as { current: UseLocalCredentialsReturn };
  function Reader() {
    record(result, useLocalCredentials());
    return null;
  }
  await renderAt(from, <Reader />);
  return result;
}

function record(result: { current: UseLocalCredentialsReturn }, value: UseLocalCredentialsReturn): void {
  result.current = value;
}

describe("what is known", () => {
  const USER = ADA.user;
  test.each<[string, StandIn, boolean, boolean | null]>([
    ["nothing before the keychain has answered", app({ type: "unknown" }), false, null],
    ["none", app({ type: "none" }), false, false],
    ["that of the user", app(kept("ada@example.com")), true, true],
    ["that of the user, typed in another case", app(kept("Ada@Example.com")), true, true],
    ["that of somebody else", app(kept("grace@example.com")), true, false],
    ["one while nobody is signed in", app(kept("ada@example.com"), []), true, false],
    ["one while the instance loads", app(kept("ada@example.com"), [ADA], { status: "loading" }), true, null],
    [
      "that of the user by their number",
      app(kept("+4930123456"), [{ ...ADA, user: USER && { ...USER, phone_numbers: [phoneNumber()] } }]),
      true,
      true,
    ],
    [
      "that of the user by their name",
      app(kept("ada"), [{ ...ADA, user: USER && { ...USER, username: "ada" } }]),
      true,
      true,
    ],
  ])("%s", async (_what, from, hasCredentials, userOwnsCredentials) => {
    const { current } = await read(from);
    expect(current).toMatchObject({ hasCredentials, userOwnsCredentials, biometricType: null });
  });

  test.each([
    ["touch_id", "fingerprint"],
    ["windows_hello", null],
  ] as const)("%s is the biometric %s", async (gesture, biometric) => {
    const from = app(kept("ada@example.com"));
    const result = await read(from);
    expect(result.current.biometricType).toBeNull();
    await outside(() => {
      from.change({ passkeys: { pin_chosen: false, gesture, keys: [], ceremony: null } });
    });
    expect(result.current.biometricType).toBe(biometric);
  });

  test("follows the app, and what can be done stays the same", async () => {
    const from = app({ type: "none" });
    const result = await read(from);
    const { authenticate } = result.current;
    await outside(() => {
      from.change({ instances: [localInstance([ADA], { saved_password: kept("ada@example.com") })] });
    });
    expect(result.current.hasCredentials).toBe(true);
    expect(result.current.authenticate).toBe(authenticate);
  });
});

describe("what can be done", () => {
  test("a password is kept, with or without saying whose, and never chooses a PIN", async () => {
    const from = app({ type: "none" }).on("instance.set_credentials", () => null);
    const { current } = await read(from);
    await current.setCredentials({ identifier: "ada@example.com", password: "correct horse" });
    await current.setCredentials({ password: "another" });
    const request = { type: "set_credentials", instance: LOCAL, may_choose_pin: false };
    expect(from.asked("instance.set_credentials")).toEqual([
      { ...request, identifier: "ada@example.com", password: "correct horse" },
      { ...request, password: "another" },
    ]);
  });

  test("it throws where nobody was ever named", async () => {
    const from = app({ type: "none" }).on("instance.set_credentials", () => {
      throw cannot("refused", "saved_password_nobody");
    });
    const { current } = await read(from);
    await expect(current.setCredentials({ password: "another" })).rejects.toMatchObject({
      clerkError: true,
      said: { reason: "saved_password_nobody" },
    });
  });

  test("it is forgotten", async () => {
    const from = app(kept("ada@example.com")).on("instance.clear_credentials", () => null);
    await (await read(from)).current.clearCredentials();
    expect(from.asked("instance.clear_credentials")).toEqual([{ type: "clear_credentials", instance: LOCAL }]);
  });

  test("it signs in without the page seeing it", async () => {
    const from = app(kept("ada@example.com"), []).on("sign_in.authenticate_with_saved_password", () => ({
      ...SIGN_IN,
      status: "needs_second_factor",
      identifier: "ada@example.com",
    }));
    const attempt = await (await read(from)).current.authenticate();
    expect([attempt.status, attempt.identifier]).toEqual(["needs_second_factor", "ada@example.com"]);
    expect(from.asked("sign_in.authenticate_with_saved_password")).toEqual([
      { type: "authenticate_with_saved_password", instance: LOCAL },
    ]);
  });

  test("one that was cancelled can be told from one that is wrong", async () => {
    const from = app(kept("ada@example.com"), []).on("sign_in.authenticate_with_saved_password", () => {
      throw cannot("refused", "passkey_cancelled");
    });
    const { current } = await read(from);
    const attempt = () => current.authenticate().catch((error: unknown) => error);
    expect(isPasskeyCancelledError(await attempt())).toBe(true);
    from.on("sign_in.authenticate_with_saved_password", () => {
      throw refusal("form_password_incorrect", "password");
    });
    expect(await attempt()).toMatchObject({ errors: [{ code: "form_password_incorrect" }] });
  });
});
