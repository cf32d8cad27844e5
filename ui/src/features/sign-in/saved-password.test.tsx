import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { InstanceView } from "../../bridge/InstanceView";
import { desk } from "../../testing/desk";
import { cannot, ceremony, LOCAL, localInstance, refusal, session, SIGN_IN, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const ADA = "ada@example.com";
const BUTTON = "Use your saved password";
const SAVE = "Save this password on this device";
const INSIDE = { level: 1, name: "Ada Lovelace" };
const RIGHT = "correct horse";

function at(identifier: string | null = ADA, over: Partial<InstanceView> = {}): StandIn {
  const saved_password = identifier === null ? ({ type: "none" } as const) : ({ type: "kept", identifier } as const);
  return desk(snapshot([localInstance([], { saved_password, ...over })]));
}

const open = (app: StandIn, email?: string) =>
  openApp(app, [{ name: "sign-in", instance: LOCAL, ...(email !== undefined && { email }) }]);

/** Says who, and is asked for a password. */
async function named(app: StandIn) {
  const user = await open(app, ADA);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByLabelText("Password");
  return user;
}

const press = (name: string) => screen.getByRole("button", { name });
const asked = (app: StandIn) => app.asked("sign_in.authenticate_with_saved_password");

describe("the saved password", () => {
  test("signs in from the first step, once, and says whose it is", async () => {
    const app = at();
    const user = await open(app);
    expect(press(BUTTON)).toHaveAccessibleDescription("Saved on this device for ada@example.com");
    await expectNoAxeFindings();
    await user.dblClick(press(BUTTON));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(asked(app)).toEqual([{ type: "authenticate_with_saved_password", instance: LOCAL }]);
    expect(app.asked("sign_in.create")).toEqual([]);
  });

  test("is offered only where there is one, and nobody of that name is signed in", async () => {
    await open(at(null));
    expect(screen.queryByRole("button", { name: BUTTON })).toBeNull();
  });

  test("is not offered to whom is signed in already", async () => {
    const there = localInstance([session()], { saved_password: { type: "kept", identifier: "ADA@example.com" } });
    await open(desk(snapshot([there])));
    expect(screen.queryByRole("button", { name: BUTTON })).toBeNull();
  });

  test("is among the other ways once the account is named, and not for another one", async () => {
    const app = at("Ada@example.com");
    const user = await named(app);
    const others = within(screen.getByRole("group", { name: "Other ways to sign in" }));
    await expectNoAxeFindings();
    await user.click(others.getByRole("button", { name: BUTTON }));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
  });

  test("of somebody else is none of the ways", async () => {
    await named(at("grace@example.com"));
    expect(screen.queryByRole("button", { name: BUTTON })).toBeNull();
  });

  test("asks for the PIN in a dialog, from which another way leads back", async () => {
    const answer = held();
    const app = at().on("sign_in.authenticate_with_saved_password", () => answer.promise);
    const user = await open(app);
    await user.click(press(BUTTON));
    const purpose = { type: "use_password", instance: LOCAL } as const;
    await outside(() => app.hold(ceremony({ type: "pin", question: 1, again: null }, { purpose, host: null })));
    const dialog = within(screen.getByRole("dialog", { name: BUTTON }));
    expect(dialog.getByText("Enter your PIN.")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Try another way" }));
    await outside(() => answer.refuse(cannot("refused", "passkey_cancelled")));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(press(BUTTON)).not.toHaveAttribute("aria-busy");
  });

  test("may need a second factor after it", async () => {
    const app = at().on("sign_in.authenticate_with_saved_password", () => ({
      ...SIGN_IN,
      identifier: ADA,
      status: "needs_second_factor",
      supported_second_factors: [{ strategy: "totp" }],
    }));
    const user = await open(app);
    await user.click(press(BUTTON));
    expect(await screen.findByLabelText("Verification code")).toBeInTheDocument();
  });

  test.each(["form_password_incorrect", "form_password_or_identifier_incorrect"])(
    "that is of before (%s) is said to be, and the new one is asked for and saved",
    async (code) => {
      const app = at().on("sign_in.authenticate_with_saved_password", () => {
        throw refusal(code, "password");
      });
      const user = await open(app);
      await user.click(press(BUTTON));
      await screen.findByLabelText("Password");
      await waitFor(() => {
        expect(noteOf("Password")).toMatch(/saved on this device was not accepted\. It may have been changed/);
      });
      expect(app.asked("sign_in.create")).toEqual([{ type: "create", instance: LOCAL, identifier: ADA }]);
      expect(screen.getByRole("checkbox", { name: SAVE })).toBeChecked();
      await expectNoAxeFindings();
      await fill(user, "Password", RIGHT);
      await user.click(press("Sign in"));
      expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
      expect(app.asked("instance.set_credentials")).toEqual([
        { type: "set_credentials", instance: LOCAL, identifier: ADA, password: RIGHT, may_choose_pin: true },
      ]);
    },
  );

  test.each([
    [cannot("refused", "saved_password_damaged"), /cannot be opened any more/],
    [cannot("refused", "passkey_wiped"), /^The PIN was wrong eight times/],
  ])("says why it was not used", async (error, said) => {
    const user = await open(
      at().on("sign_in.authenticate_with_saved_password", () => {
        throw error;
      }),
    );
    await user.click(press(BUTTON));
    expect(await screen.findByText(said)).toBeInTheDocument();
  });
});

describe("a password that is typed", () => {
  test("is saved when that is wanted, after it has signed in", async () => {
    const app = at(null);
    const user = await named(app);
    await user.click(screen.getByRole("checkbox", { name: SAVE }));
    expect(screen.getByText("A PIN opens it the next time.")).toBeInTheDocument();
    await fill(user, "Password", "wrong");
    await user.click(press("Sign in"));
    await waitFor(() => {
      expect(noteOf("Password")).not.toBe("");
    });
    expect(app.asked("instance.set_credentials")).toEqual([]);
    await fill(user, "Password", RIGHT);
    await user.click(press("Sign in"));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(app.asked("instance.set_credentials")).toHaveLength(1);
  });

  test("is not saved unless that is wanted", async () => {
    const app = at(null);
    const user = await named(app);
    await fill(user, "Password", RIGHT);
    await user.click(press("Sign in"));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(app.asked("instance.set_credentials")).toEqual([]);
  });

  test("takes the place of another one's, which is said before", async () => {
    const user = await named(at("grace@example.com"));
    await user.click(screen.getByRole("checkbox", { name: SAVE }));
    expect(screen.getByText(/It takes the place of the one of grace@example\.com\.$/)).toBeInTheDocument();
  });

  test("cannot be saved where nothing is kept", async () => {
    const app = at(null);
    app.change({ vault: { keeper: "keychain", state: "absent", store: "", detail: null } });
    await named(app);
    expect(screen.queryByRole("checkbox", { name: SAVE })).toBeNull();
  });

  test("signs in also where the person would rather choose no PIN", async () => {
    const app = at(null).on("instance.set_credentials", () => {
      throw cannot("refused", "passkey_cancelled");
    });
    const user = await named(app);
    await user.click(screen.getByRole("checkbox", { name: SAVE }));
    await fill(user, "Password", RIGHT);
    await user.click(press("Sign in"));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
  });

  test("signs in also where it could not be saved, which is said first", async () => {
    const app = at(null).on("instance.set_credentials", () => {
      throw cannot("vault", "vault_locked");
    });
    const user = await named(app);
    await user.click(screen.getByRole("checkbox", { name: SAVE }));
    await fill(user, "Password", RIGHT);
    await user.click(press("Sign in"));
    expect(await screen.findByRole("heading", { level: 1, name: "Your password was not saved" })).toBeInTheDocument();
    expect(screen.getByText(/keychain is locked/)).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(press("Continue"));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
  });
});
