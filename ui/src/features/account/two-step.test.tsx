import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { User } from "../../bridge/User";
import { CODE, desk } from "../../testing/desk";
import {
  BACKUP_CODES,
  LOCAL,
  localInstance,
  phoneNumber,
  refusal,
  reverification,
  session,
  snapshot,
  TOTP,
  withAttributes,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const KEY = { instance: LOCAL, session: session().id };
const NUMBER = "+49 30 123456";

/** Ada at an instance with every second factor, as she is but for some parts. */
function ada(over: Partial<User> = {}): StandIn {
  const here = session();
  const user = here.user && { ...here.user, password_enabled: true, delete_self_enabled: true, ...over };
  const instance = withAttributes(localInstance([{ ...here, user }]), {
    phone_number: {},
    authenticator_app: {},
    backup_code: {},
  });
  return desk(snapshot([instance]));
}

const open = (app: StandIn) => openApp(app, [{ name: "manage", instance: LOCAL }]);
const panel = (name = "Two-step verification") => within(screen.getByRole("region", { name }));
const title = (name: string) => screen.findByRole("heading", { level: 1, name });
const READY: Partial<User> = { totp_enabled: true, two_factor_enabled: true, backup_code_enabled: true };

describe("two-step verification", () => {
  test("is not shown where the instance has none", async () => {
    await open(desk(snapshot([localInstance([session()])])));
    expect(screen.queryByRole("region", { name: "Two-step verification" })).toBeNull();
  });

  test("an authenticator app gets its key, proves it, and the backup codes are shown once", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Add an authenticator app" }));
    await title("Add an authenticator app");
    expect(screen.getByRole("img", { name: /^Picture of the key/ })).toBeInTheDocument();
    expect(screen.getByText("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")).toBeInTheDocument();
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Copy key" }));
    expect(app.asked("app.copy")).toEqual([{ type: "copy", text: TOTP.secret, secret: true }]);
    await fill(user, "Verification code", "111111");
    await waitFor(() => expect(noteOf("Verification code")).toMatch(/^This code is not right/));
    await user.keyboard(CODE);

    await title("Keep your backup codes");
    const codes = within(screen.getByRole("list", { name: "Backup codes" })).getAllByRole("listitem");
    expect(codes.map((code) => code.textContent)).toEqual(BACKUP_CODES);
    // They go with no key pressed by chance.
    await user.keyboard("{Escape}");
    await title("Keep your backup codes");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Copy codes" }));
    expect(app.asked("app.copy").at(-1)).toEqual({ type: "copy", text: BACKUP_CODES.join("\n"), secret: true });
    await user.click(screen.getByRole("button", { name: "Save to a file" }));
    expect(await screen.findByText(/^The codes were saved\./)).toBeInTheDocument();
    const [saved] = app.asked("app.save_backup_codes");
    expect(saved?.["text"]).toBe(
      `Backup codes of ada@example.com at This computer. Each is good once.\n\n${BACKUP_CODES.join("\n")}\n`,
    );
    await user.click(screen.getByRole("button", { name: "I have kept them" }));
    expect(await screen.findByText("The authenticator app is set up.")).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.getByRole("heading", { level: 2, name: "Two-step verification" })).toHaveFocus();
    });
    expect(panel().queryByRole("button", { name: "Add an authenticator app" })).toBeNull();
  });

  test("codes that were not saved are not said to be", async () => {
    const app = ada(READY).on("app.save_backup_codes", () => ({ saved: false }));
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Make new codes" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Make new codes" }));
    await title("Keep your backup codes");
    await user.click(screen.getByRole("button", { name: "Save to a file" }));
    expect(screen.queryByText(/^The codes were saved/)).toBeNull();
  });

  test("new backup codes take the place of the old ones after a question", async () => {
    const app = ada(READY);
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Make new codes" }));
    expect(screen.getByText("The codes that you have kept so far are void from then on.")).toBeInTheDocument();
    expect(app.asked("account.create_backup_code")).toEqual([]);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Make new codes" }));
    await title("Keep your backup codes");
    expect(app.asked("account.create_backup_code")).toEqual([{ type: "create_backup_code", account: KEY }]);
  });

  test("the app is removed after a question that says what follows", async () => {
    const app = ada(READY);
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Remove the authenticator app" }));
    expect(screen.getByText(/^It is the last second step/)).toBeInTheDocument();
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("The authenticator app was removed.")).toBeInTheDocument();
    expect(app.asked("account.disable_totp")).toEqual([{ type: "disable_totp", account: KEY }]);
    expect(panel().getByText(/^It is off\./)).toBeInTheDocument();
  });

  test("a number becomes a second step, is offered first, and is one no longer", async () => {
    const app = ada({ ...READY, phone_numbers: [phoneNumber()] });
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: `Use ${NUMBER}` }));
    expect(await screen.findByText(`Codes to ${NUMBER} are a second step now.`)).toBeInTheDocument();
    await user.click(panel().getByRole("button", { name: `Offer first: ${NUMBER}` }));
    expect(await screen.findByText(`${NUMBER} is offered first now.`)).toBeInTheDocument();
    await user.click(panel().getByRole("button", { name: "Offer first: Authenticator app" }));
    expect(await screen.findByText("Authenticator app is offered first now.")).toBeInTheDocument();
    await user.click(panel().getByRole("button", { name: `Remove ${NUMBER} as a second step` }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove" }));
    expect(await screen.findByText(`Codes to ${NUMBER} are no second step any more.`)).toBeInTheDocument();
    const phone = { type: "update_phone_number", account: KEY, phone_number_id: "idn_p1" };
    expect(app.asked("account.update_phone_number")).toEqual([
      { ...phone, reserved_for_second_factor: true },
      { ...phone, default_second_factor: true },
      { ...phone, default_second_factor: false },
      { ...phone, reserved_for_second_factor: false },
    ]);
  });

  test("the first number brings backup codes", async () => {
    const user = await open(ada({ phone_numbers: [phoneNumber()] }));
    await user.click(panel().getByRole("button", { name: `Use ${NUMBER}` }));
    await title("Keep your backup codes");
  });

  test("what an instance does not let go is said", async () => {
    const app = ada(READY).on("account.disable_totp", () => {
      throw refusal("second_factor_deletion_not_allowed");
    });
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Remove the authenticator app" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove" }));
    expect(await screen.findByText(/wants every account to have a second step/)).toBeInTheDocument();
  });
});

describe("phone numbers", () => {
  test("one is added by a code", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(screen.getByRole("button", { name: "Add a number" }));
    expect(screen.getByLabelText("Phone number")).toHaveFocus();
    await expectNoAxeFindings();
    await user.keyboard("{Enter}");
    expect(noteOf("Phone number")).toBe("Enter your phone number.");
    await user.keyboard("12{Enter}");
    expect(noteOf("Phone number")).toMatch(/^This does not look like a phone number/);
    await fill(user, "Phone number", "2015550123");
    expect(screen.getByLabelText("Phone number")).toHaveValue("(201) 555-0123");
    await user.keyboard("{Enter}");
    await title("Verify +1 201 555 0123");
    await user.keyboard(CODE);
    expect(await screen.findByText("+1 201 555 0123 is yours now.")).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole("heading", { level: 2, name: "Phone numbers" })).toHaveFocus());
    expect(app.asked("account.create_phone_number")).toEqual([
      { type: "create_phone_number", account: KEY, phone_number: "+12015550123" },
    ]);
  });

  test("a number that begins with + says its country itself", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(screen.getByRole("button", { name: "Add a number" }));
    await fill(user, "Phone number", "+49 30 123456");
    expect(screen.getByRole("combobox", { name: "Country" })).toHaveValue("DE");
    await user.keyboard("{Enter}");
    await title(`Verify ${NUMBER}`);
    expect(app.asked("account.create_phone_number")[0]).toMatchObject({ phone_number: "+4930123456" });
  });

  test("the country is chosen by its name", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(screen.getByRole("button", { name: "Add a number" }));
    await user.selectOptions(screen.getByRole("combobox", { name: "Country" }), "Germany (+49)");
    await fill(user, "Phone number", "030 123456");
    await user.keyboard("{Enter}");
    await title(`Verify ${NUMBER}`);
  });

  test("one of a country that gets no texts is refused at its field", async () => {
    const app = ada().on("account.create_phone_number", () => {
      throw refusal("unsupported_country_code", "phone_number", { status: 403 });
    });
    const user = await open(app);
    await user.click(screen.getByRole("button", { name: "Add a number" }));
    await fill(user, "Phone number", "2015550123");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(noteOf("Phone number")).toMatch(/takes no phone numbers of this country/));
  });

  test("another one becomes the primary one, and the first goes", async () => {
    const second = phoneNumber({ id: "idn_p2", phone_number: "+12015550123" });
    const app = ada({ phone_numbers: [phoneNumber(), second], primary_phone_number_id: "idn_p1" });
    app.on("account.update", () => null);
    const user = await open(app);
    app.on("account.update", () => app.snapshot.instances[0]?.client?.sessions[0]?.user);
    await user.click(screen.getByRole("button", { name: "Make primary: +1 201 555 0123" }));
    expect(await screen.findByText("+1 201 555 0123 is the primary number now.")).toBeInTheDocument();
    expect(app.asked("account.update")).toEqual([
      { type: "update", account: KEY, primary_phone_number_id: "idn_p2" },
    ]);
    await user.click(screen.getByRole("button", { name: `Remove ${NUMBER}` }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove" }));
    expect(await screen.findByText(`${NUMBER} was removed.`)).toBeInTheDocument();
  });
});

describe("a fresh proof", () => {
  const refused = () => refusal("session_reverification_required", null, { status: 403 });
  /** Ada, of whom a fresh proof is wanted before an app is added; it is complete when `proven` says so. */
  function asking(app: StandIn, begins = reverification()): StandIn {
    let proven = false;
    const prove = () => {
      proven = true;
      return reverification({ status: "complete" });
    };
    return app
      .on("account.create_totp", () => {
        if (!proven) throw refused();
        return TOTP;
      })
      .on("session.start_verification", () => begins)
      .on("session.attempt_first_factor_verification", ({ password }) => {
        if (password !== "correct horse") throw refusal("form_password_incorrect", "password");
        return prove();
      })
      .on("session.prepare_second_factor_verification", () => begins)
      .on("session.attempt_second_factor_verification", ({ code }) => {
        if (code !== CODE && code !== "k7hq2mzd") throw refusal("form_code_incorrect", "code");
        return prove();
      });
  }
  async function ask(app: StandIn) {
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Add an authenticator app" }));
    return { user, dialog: within(await screen.findByRole("dialog", { name: "Confirm that it is you" })) };
  }

  test("is asked for in a dialog, and what was refused is done once more", async () => {
    const app = asking(ada());
    const { user, dialog } = await ask(app);
    expect(await dialog.findByLabelText("Password")).toHaveFocus();
    await expectNoAxeFindings();
    await user.keyboard("{Enter}");
    expect(dialog.getByText("Enter your password.")).toBeInTheDocument();
    await user.keyboard("wrong{Enter}");
    expect(await dialog.findByText(/^This password is not right/)).toBeInTheDocument();
    const field = dialog.getByLabelText("Password");
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.keyboard("correct horse{Enter}");
    await title("Add an authenticator app");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(app.asked("session.start_verification")).toEqual([
      { type: "start_verification", account: KEY, level: "second_factor" },
    ]);
    expect(app.asked("account.create_totp")).toHaveLength(2);
  });

  test.each(["Cancel", "Escape"])("is left by %s without a word, and nothing is done", async (way) => {
    const app = asking(ada());
    const { user, dialog } = await ask(app);
    await dialog.findByLabelText("Password");
    if (way === "Cancel") await user.click(dialog.getByRole("button", { name: "Cancel" }));
    else screen.getByRole<HTMLDialogElement>("dialog").close();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(app.asked("account.create_totp")).toHaveLength(1);
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(panel().getByRole("button", { name: "Add an authenticator app" }));
    expect(await screen.findByRole("dialog", { name: "Confirm that it is you" })).toBeInTheDocument();
  });

  test("is the second factor of who has one, by any of its ways", async () => {
    const factors = [{ strategy: "totp" }, { strategy: "backup_code" }];
    const begins = reverification({
      status: "needs_second_factor",
      supported_first_factors: null,
      supported_second_factors: factors,
    });
    const { user, dialog } = await ask(asking(ada(), begins));
    await dialog.findByText(/authenticator app shows/);
    await user.keyboard("111111");
    await waitFor(() => expect(noteOf("Verification code")).toMatch(/^This code is not right/));
    await user.click(dialog.getByRole("button", { name: "Use another way" }));
    await user.click(dialog.getByRole("button", { name: "Use a backup code" }));
    await fill(user, "Backup code", "k7hq 2mzd");
    await user.keyboard("{Enter}");
    await title("Add an authenticator app");
  });

  test("goes on from the first factor to the second where both are wanted", async () => {
    const app = asking(ada());
    app.on("session.attempt_first_factor_verification", () =>
      reverification({ status: "needs_second_factor", supported_second_factors: [{ strategy: "totp" }] }),
    );
    const { user, dialog } = await ask(app);
    await dialog.findByLabelText("Password");
    await user.keyboard("correct horse{Enter}");
    await dialog.findByLabelText("Verification code");
    await user.keyboard(CODE);
    await title("Add an authenticator app");
  });

  test("steps aside for the outbox, and is there again with its entry", async () => {
    const text = { strategy: "phone_code", phone_number_id: "idn_p1", safe_identifier: "+49 ** ****56" };
    const begins = reverification({ status: "needs_second_factor", supported_second_factors: [text] });
    const app = asking(ada(), begins);
    const { user, dialog } = await ask(app);
    await dialog.findByLabelText("Verification code");
    await user.keyboard("48");
    await user.click(dialog.getByRole("link", { name: "Outbox" }));
    await title("Outbox");
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.keyboard("{Escape}");
    await screen.findByRole("dialog", { name: "Confirm that it is you" });
    expect(screen.getByLabelText("Verification code")).toHaveValue("48");
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
    expect(app.asked("session.prepare_second_factor_verification")).toHaveLength(1);
  });

  test("one that ran out is begun anew", async () => {
    const app = asking(ada());
    app.on("session.attempt_first_factor_verification", () => {
      throw refusal("session_reverification_missing", null, { status: 400 });
    });
    const { user, dialog } = await ask(app);
    await dialog.findByLabelText("Password");
    await user.keyboard("correct horse{Enter}");
    await waitFor(() => expect(app.asked("session.start_verification")).toHaveLength(2));
    expect(await dialog.findByLabelText("Password")).toHaveValue("");
  });

  test("one that cannot begin says why, and can be tried again", async () => {
    const app = asking(ada());
    app.on("session.start_verification", () => {
      throw refusal("user_locked", null, { status: 403 });
    });
    const { user, dialog } = await ask(app);
    expect(await dialog.findByText(/locked for now/)).toBeInTheDocument();
    app.on("session.start_verification", () => reverification());
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    expect(await dialog.findByLabelText("Password")).toBeInTheDocument();
  });

  test("one that this app does not have is said", async () => {
    const begins = reverification({ supported_first_factors: [{ strategy: "enterprise_sso" }] });
    const { dialog } = await ask(asking(ada(), begins));
    expect(await dialog.findByText(/a proof that this version of Frontdesk does not have/)).toBeInTheDocument();
  });

  test.each([
    ["account.delete", "Delete this account", "Delete for good"],
    ["account.create_email_address", "Add an address", "Send code"],
    ["account.update_password", "Change password", "Save"],
  ] as const)("guards %s as well", async (kind, button, send) => {
    const app = asking(ada()).on(kind, () => {
      throw refused();
    });
    const user = await open(app);
    await user.click(screen.getByRole("button", { name: button }));
    if (kind === "account.delete") await fill(user, "To confirm, type ada@example.com", "ada@example.com");
    if (kind === "account.create_email_address") await fill(user, "Email address", "countess@example.com");
    if (kind === "account.update_password") {
      await fill(user, "Current password", "correct horse");
      await fill(user, "New password", "harbour-light-at-dusk");
    }
    await user.click(screen.getByRole("button", { name: send }));
    expect(await screen.findByRole("dialog", { name: "Confirm that it is you" })).toBeInTheDocument();
  });
});
