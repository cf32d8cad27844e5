import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { CODE, desk } from "../../testing/desk";
import { LOCAL, refusal, SIGN_IN } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const ADA = "ada@example.com";
const NEW = "harbour-light-at-dusk";
const RESET = {
  strategy: "reset_password_email_code",
  email_address_id: "idn_1",
  safe_identifier: "a**@e******.com",
};

/** A desk that lets a forgotten password be reset. */
function forgetful(): StandIn {
  const app = desk();
  const factors = [...(SIGN_IN.supported_first_factors ?? []), RESET];
  return app.on("sign_in.create", () => ({ ...SIGN_IN, identifier: ADA, supported_first_factors: factors }));
}

/** Says who, and asks for the code. */
async function begin(app: StandIn = forgetful()) {
  const user = await openApp(app, [{ name: "sign-in", instance: LOCAL, email: ADA }]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await user.click(await screen.findByRole("button", { name: "Forgot your password?" }));
  await screen.findByRole("heading", { level: 1, name: "Reset your password" });
  return { app, user };
}

/** Enters the code, and waits for the new password's field. */
async function proven(app: StandIn = forgetful()) {
  const { user } = await begin(app);
  await user.keyboard(CODE);
  await screen.findByLabelText("New password");
  return { app, user };
}

test("a code by email, a new password, and in; other devices are signed out unless unticked", async () => {
  const app = forgetful();
  const { user } = await proven(app);
  expect(app.asked("sign_in.prepare_first_factor")).toEqual([
    { type: "prepare_first_factor", instance: LOCAL, strategy: RESET.strategy, email_address_id: "idn_1" },
  ]);
  expect(app.asked("sign_in.attempt_first_factor")).toEqual([
    { type: "attempt_first_factor", instance: LOCAL, strategy: RESET.strategy, code: CODE },
  ]);
  expect(screen.getByLabelText("New password")).toHaveFocus();
  expect(screen.getByLabelText("New password")).toHaveAttribute("autocomplete", "new-password");
  expect(screen.getByRole("checkbox", { name: "Sign out of all other devices" })).toBeChecked();
  await expectNoAxeFindings();
  await fill(user, "New password", NEW);
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  expect(app.asked("sign_in.reset_password")).toEqual([
    { type: "reset_password", instance: LOCAL, password: NEW, sign_out_of_other_sessions: true },
  ]);
});

test("other devices stay signed in when that is unticked", async () => {
  const { app, user } = await proven();
  await fill(user, "New password", NEW);
  await user.click(screen.getByRole("checkbox", { name: "Sign out of all other devices" }));
  await user.click(screen.getByRole("button", { name: "Set password and sign in" }));
  await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" });
  expect(app.asked("sign_in.reset_password")[0]?.["sign_out_of_other_sessions"]).toBe(false);
});

test("is not offered where the instance does not", async () => {
  const user = await openApp(desk(), [{ name: "sign-in", instance: LOCAL, email: ADA }]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByLabelText("Password");
  expect(screen.queryByRole("button", { name: "Forgot your password?" })).toBeNull();
});

test("a wrong code is said at its field, and the way back leads to the password, still typed", async () => {
  const app = forgetful();
  const user = await openApp(app, [{ name: "sign-in", instance: LOCAL, email: ADA }]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await fill(user, "Password", "something");
  await user.click(await screen.findByRole("button", { name: "Forgot your password?" }));
  await screen.findByLabelText("Verification code");
  await user.keyboard("111111");
  await waitFor(() => {
    expect(noteOf("Verification code")).toMatch(/^This code is not right/);
  });
  await user.keyboard("{Escape}");
  expect(await screen.findByLabelText("Password")).toHaveValue("something");
});

test("a code that has expired is replaced by a new one, and said", async () => {
  const app = forgetful();
  const { user } = await begin(app);
  app.on("sign_in.attempt_first_factor", () => {
    throw refusal("verification_expired", null, { status: 400 });
  });
  await user.keyboard("111111");
  expect(await screen.findByText(/^This code has expired. We sent a new one to/)).toBeInTheDocument();
  expect(app.asked("sign_in.prepare_first_factor")).toHaveLength(2);
});

test.each([
  ["", "Choose a password."],
  ["short", "Use at least 8 characters."],
])("a password of “%s” is refused before it is sent", async (typed, note) => {
  const { app, user } = await proven();
  if (typed) await fill(user, "New password", typed);
  await user.click(screen.getByRole("button", { name: "Set password and sign in" }));
  expect(noteOf("New password")).toBe(note);
  expect(screen.getByLabelText("New password")).toHaveFocus();
  expect(app.asked("sign_in.reset_password")).toEqual([]);
});

test("a password that the instance refuses stays typed, with the reason at its field", async () => {
  const { app, user } = await proven();
  app.on("sign_in.reset_password", () => {
    throw refusal("form_password_pwned", "password");
  });
  await fill(user, "New password", NEW);
  await user.keyboard("{Enter}");
  await waitFor(() => {
    expect(noteOf("New password")).toBe("This password has been found in a data leak. Choose another one.");
  });
  expect(screen.getByLabelText("New password")).toHaveValue(NEW);
  await expectNoAxeFindings();
});

test.each([
  ["resource_not_found", 404],
  ["verification_expired", 400],
])("an attempt that is void (%s) begins again, with the address kept", async (code, status) => {
  const { app, user } = await proven();
  app.on("sign_in.reset_password", () => {
    throw refusal(code, null, { status });
  });
  await fill(user, "New password", NEW);
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("That sign-in took too long and has ended.");
  expect(screen.getByLabelText("Email address")).toHaveValue(ADA);
});

test("Back leads from the new password to the address", async () => {
  const { user } = await proven();
  await user.click(screen.getByRole("button", { name: "Back" }));
  expect(screen.getByLabelText("Email address")).toHaveValue(ADA);
});

test("an instance may ask for a new password after the right old one", async () => {
  const app = forgetful().on("sign_in.attempt_first_factor", () => ({ ...SIGN_IN, status: "needs_new_password" }));
  const user = await openApp(app, [{ name: "sign-in", instance: LOCAL, email: ADA }]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByLabelText("Password");
  await user.keyboard("correct horse{Enter}");
  expect(await screen.findByLabelText("New password")).toHaveFocus();
});
