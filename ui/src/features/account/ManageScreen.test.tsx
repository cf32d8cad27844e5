import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { SessionView } from "../../bridge/SessionView";
import type { User } from "../../bridge/User";
import { CODE, desk } from "../../testing/desk";
import {
  ACTIVE_SESSION,
  emailAddress,
  ENVIRONMENT,
  LOCAL,
  localInstance,
  refusal,
  session,
  snapshot,
  UNREACHABLE,
  unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const NEW = "harbour-light-at-dusk";
const SECOND = emailAddress({ id: "idn_2", email_address: "countess@example.com" });

/** Ada, as she is but for some parts. */
function ada(over: Partial<User> = {}): SessionView {
  const here = session();
  return { ...here, user: here.user && { ...here.user, password_enabled: true, delete_self_enabled: true, ...over } };
}

/** Ada with a second address. */
function withSecond(over: Partial<typeof SECOND> = {}): SessionView {
  const here = ada();
  const emails = here.user?.email_addresses ?? [];
  return ada({ email_addresses: [...emails, { ...SECOND, ...over }] });
}

const KEY = { instance: LOCAL, session: ada().id };

async function open(app: StandIn = desk(snapshot([localInstance([ada()])]))) {
  app.on("account.active_sessions", () => [{ ...ACTIVE_SESSION, id: KEY.session }]);
  return { app, user: await openApp(app, [{ name: "manage", instance: LOCAL }]) };
}

function panel(name: string) {
  return within(screen.getByRole("region", { name }));
}

test("is one press away from the account, and Back leads there again", async () => {
  const user = await openApp(desk(snapshot([localInstance([ada()])])));
  await user.click(screen.getByRole("button", { name: "Manage account" }));
  expect(screen.getByRole("heading", { level: 1, name: "Manage account" })).toHaveFocus();
  await expectNoAxeFindings();
  await user.keyboard("{Escape}");
  expect(screen.getByRole("button", { name: "Manage account" })).toHaveFocus();
});

test("leaves with an account that was signed out somewhere else", async () => {
  const { app } = await open();
  await outside(() => {
    app.change({ instances: [localInstance()], active: null });
  });
  expect(screen.getByRole("heading", { level: 1, name: "Welcome to Frontdesk" })).toBeInTheDocument();
});

describe("email addresses", () => {
  test("another one is added by a code", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Add an address" }));
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    await user.keyboard(" countess@example.com {Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Verify countess@example.com" })).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.keyboard("111111");
    await waitFor(() => {
      expect(noteOf("Verification code")).toMatch(/^This code is not right/);
    });
    await user.keyboard(CODE);
    expect(await screen.findByText("countess@example.com is yours now.")).toBeInTheDocument();
    await waitFor(() => {
      expect(screen.getByRole("heading", { level: 2, name: "Email addresses" })).toHaveFocus();
    });
    expect(app.asked("account.create_email_address")).toEqual([
      { type: "create_email_address", account: KEY, email_address: "countess@example.com" },
    ]);
    expect(app.asked("account.prepare_email_address")).toEqual([
      { type: "prepare_email_address", account: KEY, email_address_id: "idn_countess@example.com", strategy: "email_code" },
    ]);
    expect(app.asked("account.attempt_email_address").at(-1)).toEqual({
      type: "attempt_email_address",
      account: KEY,
      email_address_id: "idn_countess@example.com",
      code: CODE,
    });
  });

  test.each([
    ["form_identifier_exists", "There is already an account with this email address."],
    ["form_param_format_invalid", "The instance says form_param_format_invalid."],
  ])("one that is refused (%s) is said at its field, which keeps it", async (code, note) => {
    const { app, user } = await open();
    app.on("account.create_email_address", () => {
      throw refusal(code, "email_address");
    });
    await user.click(screen.getByRole("button", { name: "Add an address" }));
    await user.keyboard("taken@example.com{Enter}");
    await waitFor(() => {
      expect(noteOf("Email address")).toContain(note);
    });
    expect(screen.getByLabelText("Email address")).toHaveValue("taken@example.com");
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    await expectNoAxeFindings();
  });

  test("nothing typed is not sent, and Escape leaves the form", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Add an address" }));
    await user.keyboard("{Enter}");
    expect(noteOf("Email address")).toBe("Enter your email address.");
    expect(app.asked("account.create_email_address")).toEqual([]);
    await user.keyboard("{Escape}");
    expect(screen.queryByLabelText("Email address")).toBeNull();
    expect(screen.getByRole("heading", { level: 1, name: "Manage account" })).toBeInTheDocument();
  });

  test("one that waits for its code gets one when it is asked for, and can be left for later", async () => {
    const app = desk(snapshot([localInstance([withSecond({ verification: null })])]));
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Enter the code: countess@example.com" }));
    await screen.findByLabelText("Verification code");
    expect(app.asked("account.prepare_email_address")).toHaveLength(1);
    await user.keyboard("{Escape}");
    expect(screen.getByRole("heading", { level: 1, name: "Manage account" })).toBeInTheDocument();
    expect(panel("Email addresses").getByText("Not verified")).toBeInTheDocument();
  });

  test("typed again, one that waits for its code is not added twice", async () => {
    const app = desk(snapshot([localInstance([withSecond({ verification: null })])]));
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Add an address" }));
    await user.keyboard("countess@example.com{Enter}");
    await screen.findByLabelText("Verification code");
    expect(app.asked("account.create_email_address")).toEqual([]);
  });

  test("another one becomes the primary one", async () => {
    const app = desk(snapshot([localInstance([withSecond()])]));
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Make primary: countess@example.com" }));
    expect(await screen.findByText("countess@example.com is the primary address now.")).toBeInTheDocument();
    expect(app.asked("account.update")).toEqual([
      { type: "update", account: KEY, primary_email_address_id: "idn_2" },
    ]);
    expect(screen.queryByRole("button", { name: "Make primary: countess@example.com" })).toBeNull();
  });

  test("one is removed after a question; the primary one cannot be", async () => {
    const app = desk(snapshot([localInstance([withSecond()])]));
    const { user } = await open(app);
    expect(screen.queryByRole("button", { name: "Remove ada@example.com" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Remove countess@example.com" }));
    const dialog = within(screen.getByRole("dialog", { name: "Remove countess@example.com?" }));
    expect(app.asked("account.destroy_email_address")).toEqual([]);
    await expectNoAxeFindings();
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("countess@example.com was removed.")).toBeInTheDocument();
    expect(app.asked("account.destroy_email_address")).toEqual([
      { type: "destroy_email_address", account: KEY, email_address_id: "idn_2" },
    ]);
  });

  test("one that must stay says why, and the question stays", async () => {
    const app = desk(snapshot([localInstance([withSecond()])])).on("account.destroy_email_address", () => {
      throw refusal("last_required_identification_deletion_failed", null, { status: 400 });
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Remove countess@example.com" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("This is the last way in that you have");
  });
});

describe("the password", () => {
  test("is changed with the current one; other devices are signed out unless unticked", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Change password" }));
    expect(screen.getByLabelText("Current password")).toHaveFocus();
    await fill(user, "Current password", "correct horse");
    await fill(user, "New password", NEW);
    await expectNoAxeFindings();
    await user.keyboard("{Enter}");
    expect(await screen.findByText("The password was changed.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Change password" })).toHaveFocus();
    expect(app.asked("account.update_password")).toEqual([
      {
        type: "update_password",
        account: KEY,
        current_password: "correct horse",
        new_password: NEW,
        sign_out_of_other_sessions: true,
      },
    ]);
  });

  test("is set where there is none, without a current one", async () => {
    const app = desk(snapshot([localInstance([ada({ password_enabled: false })])]));
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Set a password" }));
    expect(screen.queryByLabelText("Current password")).toBeNull();
    await fill(user, "New password", NEW);
    await user.click(screen.getByRole("checkbox", { name: "Sign out of all other devices" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("The password was changed.");
    expect(app.asked("account.update_password")).toEqual([
      { type: "update_password", account: KEY, new_password: NEW, sign_out_of_other_sessions: false },
    ]);
    expect(screen.getByRole("button", { name: "Change password" })).toBeInTheDocument();
  });

  test("is looked at before it is sent", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Change password" }));
    await fill(user, "New password", "short");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(noteOf("Current password")).toBe("Enter your password.");
    expect(noteOf("New password")).toBe("Use at least 8 characters.");
    expect(screen.getByLabelText("Current password")).toHaveFocus();
    expect(app.asked("account.update_password")).toEqual([]);
  });

  test.each([
    ["form_password_validation_failed", "current_password", "Current password", "This is not the current password."],
    ["form_password_pwned", "new_password", "New password", "This password has been found in a data leak."],
    ["form_new_password_matches_current", "new_password", "New password", "This is the password you have."],
  ])("that is refused (%s) is said at its field", async (code, param, label, note) => {
    const { app, user } = await open();
    app.on("account.update_password", () => {
      throw refusal(code, param);
    });
    await user.click(screen.getByRole("button", { name: "Change password" }));
    await fill(user, "Current password", "correct horse");
    await fill(user, "New password", NEW);
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(noteOf(label)).toContain(note);
    });
    expect(screen.getByLabelText(label)).toHaveFocus();
    expect(screen.getByLabelText("New password")).toHaveValue(NEW);
  });

  /** An instance where accounts need no password. */
  function optional(): StandIn {
    const { attributes } = ENVIRONMENT.user_settings;
    const password = { ...attributes.password, required: false };
    const user_settings = { ...ENVIRONMENT.user_settings, attributes: { ...attributes, password } };
    return desk(snapshot([localInstance([ada()], { environment: { ...ENVIRONMENT, user_settings } })]));
  }

  test("is removed with itself, where accounts need none", async () => {
    const app = optional();
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Remove password" }));
    await fill(user, "Current password", "correct horse");
    await user.keyboard("{Enter}");
    expect(await screen.findByText("The password was removed.")).toBeInTheDocument();
    expect(app.asked("account.remove_password")).toEqual([
      { type: "remove_password", account: KEY, current_password: "correct horse" },
    ]);
    expect(screen.getByText(en.account.passwordNone)).toBeInTheDocument();
  });

  test("cannot be removed where every account must have one", async () => {
    const { attributes } = ENVIRONMENT.user_settings;
    const password = { ...attributes.password, enabled: true, required: true };
    const user_settings = { ...ENVIRONMENT.user_settings, attributes: { ...attributes, password } };
    await open(desk(snapshot([localInstance([ada()], { environment: { ...ENVIRONMENT, user_settings } })])));
    expect(screen.queryByRole("button", { name: "Remove password" })).toBeNull();
  });
});

describe("devices", () => {
  const other = (id: string) => ({ ...ACTIVE_SESSION, id });

  async function three() {
    const { app } = { app: desk(snapshot([localInstance([ada()])])) };
    const opened = await open(app);
    app.on("account.active_sessions", () => [other(KEY.session), other("sess_x"), other("sess_y")]);
    await opened.user.keyboard("{Escape}");
    await opened.user.click(screen.getByRole("button", { name: "Manage account" }));
    return opened;
  }

  test("one is signed out, and the list is read again", async () => {
    const { app, user } = await three();
    const buttons = await panel("Devices").findAllByRole("button", { name: /^Sign out Frontdesk/ });
    expect(buttons).toHaveLength(2);
    app.on("account.active_sessions", () => [other(KEY.session), other("sess_y")]);
    await user.click(buttons[0]!);
    expect(await panel("Devices").findByText(/was signed out\.$/)).toBeInTheDocument();
    expect(app.asked("account.revoke_session")).toEqual([{ type: "revoke_session", account: KEY, session: "sess_x" }]);
    await waitFor(() => {
      expect(panel("Devices").getAllByRole("listitem")).toHaveLength(2);
    });
    await expectNoAxeFindings();
  });

  test("all others are signed out, and this one is not", async () => {
    const { app, user } = await three();
    await user.click(await panel("Devices").findByRole("button", { name: "Sign out all other devices" }));
    expect(await screen.findByText("All other devices were signed out.")).toBeInTheDocument();
    expect(app.asked("account.revoke_session").map(({ session: id }) => id)).toEqual(["sess_x", "sess_y"]);
  });

  test("that cannot be signed out say why", async () => {
    const { app, user } = await three();
    app.on("account.revoke_session", () => {
      throw unreachable();
    });
    const buttons = await panel("Devices").findAllByRole("button", { name: /^Sign out Frontdesk/ });
    await user.click(buttons[0]!);
    expect(await panel("Devices").findByRole("alert")).toHaveTextContent(UNREACHABLE);
  });
});

describe("deleting the account", () => {
  test("needs its address typed, and leads to Welcome", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Delete this account" }));
    await expectNoAxeFindings();
    await user.keyboard("somebody@example.com{Enter}");
    expect(noteOf("To confirm, type ada@example.com")).toBe(en.account.deleteMismatch);
    expect(app.asked("account.delete")).toEqual([]);
    await fill(user, "To confirm, type ada@example.com", " Ada@example.com ");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Welcome to Frontdesk" })).toBeInTheDocument();
    expect(app.asked("account.delete")).toEqual([{ type: "delete", account: KEY }]);
  });

  test("is sent once by a double click, and said when it fails", async () => {
    const answer = held();
    const { app, user } = await open();
    app.on("account.delete", () => answer.promise);
    await user.click(screen.getByRole("button", { name: "Delete this account" }));
    await user.keyboard("ada@example.com");
    await user.dblClick(screen.getByRole("button", { name: "Delete for good" }));
    expect(app.asked("account.delete")).toHaveLength(1);
    await outside(() => {
      answer.refuse(unreachable());
    });
    expect(screen.getByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(screen.getByLabelText("To confirm, type ada@example.com")).toHaveValue("ada@example.com");
  });

  test("is left by Escape", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Delete this account" }));
    await user.keyboard("ada{Escape}");
    expect(screen.queryByLabelText("To confirm, type ada@example.com")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Delete this account" }));
    expect(screen.getByLabelText("To confirm, type ada@example.com")).toHaveValue("");
  });

  test("is not offered where the instance does not let people", async () => {
    await open(desk(snapshot([localInstance([ada({ delete_self_enabled: false })])])));
    expect(screen.queryByRole("region", { name: "Delete account" })).toBeNull();
  });
});
