import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { Factor } from "../../bridge/Factor";
import type { SignIn } from "../../bridge/SignIn";
import { desk } from "../../testing/desk";
import { LOCAL, localInstance, refusal, remoteInstance, SIGN_IN, snapshot, withAttributes } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp } from "../../testing/render";
import type { Request, StandIn } from "../../testing/stand-in";

const TEXT: Factor = { strategy: "phone_code", phone_number_id: "idn_p1", safe_identifier: "+49 ** ****56" };
const ALL: Factor[] = [{ strategy: "backup_code" }, TEXT, { strategy: "totp" }];
const CODE = "483920";

/** A desk where Ada has these second factors; the code and one backup code are right. */
function protectedDesk(factors: Factor[], over: Partial<SignIn> = {}, app: StandIn = desk()): StandIn {
  const half = {
    ...SIGN_IN,
    identifier: "ada@example.com",
    status: "needs_second_factor",
    supported_second_factors: factors,
    ...over,
  };
  return app
    .on("sign_in.create", () => ({ ...SIGN_IN, identifier: "ada@example.com" }))
    .on("sign_in.attempt_first_factor", () => half)
    .on("sign_in.prepare_second_factor", () => half)
    .on("sign_in.attempt_second_factor", ({ strategy, code }: Request) => {
      if (code !== (strategy === "backup_code" ? "k7hq2mzd" : CODE)) throw refusal("form_code_incorrect", "code");
      return { ...half, status: "complete", created_session_id: "sess_9" };
    });
}

/** Says who, and the password. */
async function begin(app: StandIn, instance = LOCAL) {
  const user = await openApp(app, [{ name: "sign-in", instance, email: "ada@example.com" }]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByLabelText("Password");
  await user.keyboard("correct horse{Enter}");
  return user;
}

const title = (name: string) => screen.findByRole("heading", { level: 1, name });

describe("the second factor", () => {
  test("an authenticator app's code opens the account, and nothing is sent for it", async () => {
    const app = protectedDesk([{ strategy: "totp" }]);
    const user = await begin(app);
    await title("Two-step verification");
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
    expect(screen.queryByRole("button", { name: /new code/ })).toBeNull();
    expect(app.asked("account.set_active")).toEqual([]);
    await expectNoAxeFindings();
    await user.keyboard(CODE);
    await waitFor(() => expect(app.snapshot.active?.session).toBe("sess_9"));
    expect(app.asked("sign_in.prepare_second_factor")).toEqual([]);
    expect(app.asked("sign_in.attempt_second_factor")).toEqual([
      { type: "attempt_second_factor", instance: LOCAL, strategy: "totp", code: CODE },
    ]);
  });

  test("a wrong code is said with what helps, and can be tried again at once", async () => {
    const user = await begin(protectedDesk([{ strategy: "totp" }]));
    await title("Two-step verification");
    await user.keyboard("111111");
    await waitFor(() => expect(noteOf("Verification code")).toMatch(/was used already\. Wait until the app shows/));
    expect(screen.getByLabelText("Verification code")).toHaveValue("");
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
  });

  test.each([
    ["an app", [{ strategy: "totp" }], "Verification code", CODE],
    ["a text", [TEXT], "Verification code", CODE],
    ["a backup code", [{ strategy: "backup_code" }], "Backup code", "k7hq2mzd{Enter}"],
  ] as [string, Factor[], string, string][])("says with a wrong code that few tries are left: %s", async (_, factors, field, typed) => {
    const app = protectedDesk(factors).on("sign_in.attempt_second_factor", () => {
      const wrong = refusal("form_code_incorrect", "code");
      throw { ...wrong, errors: [...wrong.errors, ...refusal("account_lockout_warning").errors] };
    });
    const user = await begin(app);
    await screen.findByLabelText(field);
    await user.keyboard(typed);
    await waitFor(() => expect(noteOf(field)).toMatch(/code is not right.*A few more wrong tries lock this account for a while\.$/));
    expect(screen.queryByText("Details")).toBeNull();
  });

  test("the app comes first, a text next and backup codes last, unless one is the default", async () => {
    const user = await begin(protectedDesk(ALL));
    await title("Two-step verification");
    await user.click(screen.getByRole("button", { name: "Use another way" }));
    await title("Choose another way");
    const ways = within(screen.getByRole("list", { name: "Ways to go on" })).getAllByRole("button");
    expect(ways.map((way) => way.textContent)).toEqual([
      "Use your authenticator app",
      "Text a code to +49 ** ****56",
      "Use a backup code",
    ]);
    await expectNoAxeFindings();
    await user.keyboard("{Escape}");
    await title("Two-step verification");
  });

  test("the default one is offered first: a text is sent by itself, once", async () => {
    const app = protectedDesk([{ strategy: "totp" }, { ...TEXT, default: true }]);
    const user = await begin(app);
    await title("Check your phone");
    expect(screen.getByText("Enter the six digits we sent to +49 ** ****56.")).toBeInTheDocument();
    expect(app.asked("sign_in.prepare_second_factor")).toEqual([
      { type: "prepare_second_factor", instance: LOCAL, strategy: "phone_code", phone_number_id: "idn_p1" },
    ]);
    expect(await screen.findByRole("button", { name: /^Send a new code in/ })).toBeDisabled();
    await user.keyboard(CODE);
    await waitFor(() => expect(app.snapshot.active?.session).toBe("sess_9"));
    expect(app.asked("sign_in.prepare_second_factor")).toHaveLength(1);
  });

  test("a number of a country that gets no texts any more leads to another way", async () => {
    const app = protectedDesk([TEXT, { strategy: "backup_code" }]).on("sign_in.prepare_second_factor", () => {
      throw refusal("unsupported_country_code", "phone_number");
    });
    const user = await begin(app);
    await title("No code was sent");
    expect(screen.getByText(/^No texts go to numbers of this country.*Use another way/)).toBeInTheDocument();
    expect(screen.queryByText(/we sent to/)).toBeNull();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Use another way" }));
    await user.click(screen.getByRole("button", { name: "Use a backup code" }));
    await title("Use a backup code");
  });

  test("a backup code is taken however it is grouped, and said once more where it is wrong", async () => {
    const app = protectedDesk(ALL);
    const user = await begin(app);
    await title("Two-step verification");
    await user.click(screen.getByRole("button", { name: "Use another way" }));
    await user.click(screen.getByRole("button", { name: "Use a backup code" }));
    await title("Use a backup code");
    expect(screen.getByLabelText("Backup code")).toHaveFocus();
    await expectNoAxeFindings();
    await user.keyboard("{Enter}");
    expect(noteOf("Backup code")).toBe("Enter one of your backup codes.");
    await user.keyboard("nope{Enter}");
    await waitFor(() => expect(noteOf("Backup code")).toMatch(/^This backup code is not right/));
    expect(screen.getByLabelText("Backup code")).toHaveFocus();
    await fill(user, "Backup code", " k7hq-2mzd ");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(app.snapshot.active?.session).toBe("sess_9"));
    expect(app.asked("sign_in.attempt_second_factor").at(-1)).toMatchObject({
      strategy: "backup_code",
      code: "k7hq2mzd",
    });
  });

  test.each([
    ["on this computer", localInstance(), /nobody else runs its instance/],
    ["elsewhere", remoteInstance(), /Ask those who run Harbour Works/],
  ])("who has lost everything is told what to do, %s", async (_name, instance, help) => {
    const user = await begin(protectedDesk([{ strategy: "totp" }], {}, desk(snapshot([instance]))), instance.id);
    await title("Two-step verification");
    await user.click(screen.getByRole("button", { name: "Do you not have it at hand?" }));
    expect(await screen.findByText(help)).toBeInTheDocument();
  });

  test("a new device is asked for a code by mail, with the reason", async () => {
    const app = protectedDesk([{ strategy: "email_code", email_address_id: "idn_1", safe_identifier: "a**@e***.com" }], {
      status: "needs_client_trust",
    });
    await begin(app);
    await title("Check your email");
    expect(screen.getByText(/This device is new to the instance/)).toBeInTheDocument();
    expect(app.asked("sign_in.prepare_second_factor")).toEqual([
      { type: "prepare_second_factor", instance: LOCAL, strategy: "email_code", email_address_id: "idn_1" },
    ]);
  });

  test("a lock says until when, and leads back to the beginning", async () => {
    const app = protectedDesk([{ strategy: "totp" }]).on("sign_in.attempt_second_factor", () => {
      throw refusal("user_locked", null, { status: 403, meta: { lockout_expires_in_seconds: 3600 } as object });
    });
    const user = await begin(app);
    await title("Two-step verification");
    await user.keyboard(CODE);
    await title("This account is locked for now");
    expect(screen.getByText(/^You can try again from .* on\.$/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Start again" }));
    expect(screen.getByLabelText("Email address")).toHaveValue("ada@example.com");
  });

  test("an attempt that took too long begins again, with the address kept", async () => {
    const app = protectedDesk([{ strategy: "totp" }]).on("sign_in.attempt_second_factor", () => {
      throw refusal("resource_not_found", null, { status: 404 });
    });
    const user = await begin(app);
    await title("Two-step verification");
    await user.keyboard(CODE);
    expect(await screen.findByText(/took too long and has ended/)).toBeInTheDocument();
    expect(screen.getByLabelText("Email address")).toHaveValue("ada@example.com");
  });

  test("ways that this app does not have are no way", async () => {
    await begin(protectedDesk([{ strategy: "carrier_pigeon" }]));
    await title("One more step is needed");
  });
});

describe("what names an account", () => {
  const named = (on: Parameters<typeof withAttributes>[1]) => desk(snapshot([withAttributes(localInstance(), on)]));

  test("is asked for as the instance knows people, and a number gets its country", async () => {
    const app = named({ phone_number: {}, username: {} }).on("sign_in.create", () => SIGN_IN);
    const user = await openApp(app, [{ name: "sign-in", instance: LOCAL }]);
    const label = "Email address, phone number or user name";
    expect(screen.getByLabelText(label)).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(noteOf(label)).toBe("Enter your email address, phone number or user name.");
    await fill(user, label, "(201) 555-0123");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(app.asked("sign_in.create")).toHaveLength(1));
    expect(app.asked("sign_in.create")[0]).toMatchObject({ identifier: "+12015550123" });
  });

  test("a user name goes as it was typed", async () => {
    const app = named({ username: {} }).on("sign_in.create", () => SIGN_IN);
    const user = await openApp(app, [{ name: "sign-in", instance: LOCAL, email: "ada_l" }]);
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(app.asked("sign_in.create")[0]).toMatchObject({ identifier: "ada_l" }));
  });
});
