import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { Factor } from "../../bridge/Factor";
import type { InstancePasskeys } from "../../bridge/InstancePasskeys";
import { desk } from "../../testing/desk";
import { cannot, ceremony, LOCAL, localInstance, refusal, SIGN_IN, snapshot, withProviders } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const ADA = "ada@example.com";
const FACTORS = SIGN_IN.supported_first_factors ?? [];
const PASSKEY: Factor = { strategy: "passkey" };
const BUTTON = "Sign in with a passkey";
const INSIDE = { level: 1, name: "Ada Lovelace" };

function at(over: Partial<InstancePasskeys> = {}): StandIn {
  return desk(snapshot([localInstance([], { passkeys: { obstacle: null, sign_in_button: true, here: [], made_with: [], ...over } })]));
}

/** One whose accounts can be signed in to by these ways. */
function offering(factors: Factor[], app = at()): StandIn {
  return app.on("sign_in.create", ({ identifier }) => ({
    ...SIGN_IN,
    identifier: identifier as string,
    supported_first_factors: factors,
  }));
}

const open = (app: StandIn) => openApp(app, [{ name: "sign-in", instance: LOCAL, email: ADA }]);

/** Says who. */
async function named(app: StandIn) {
  const user = await open(app);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  return user;
}
const press = (name: string) => screen.getByRole("button", { name });
const asked = (app: StandIn) => app.asked("sign_in.authenticate_with_passkey");

describe("the button of the first step", () => {
  test("is there only where the instance has it", async () => {
    await open(at({ sign_in_button: false }));
    expect(screen.queryByRole("button", { name: BUTTON })).toBeNull();
  });

  test("signs in whoever the passkey is of, once, whatever was typed", async () => {
    const app = at();
    const user = await open(app);
    await expectNoAxeFindings();
    await user.dblClick(press(BUTTON));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(asked(app)).toEqual([
      { type: "authenticate_with_passkey", instance: LOCAL, authenticator: "this_device", discoverable: true },
    ]);
    expect(app.asked("sign_in.create")).toEqual([]);
  });

  test("stands first among the other ways, and says that it was the last one taken", async () => {
    const there = localInstance([], { passkeys: { obstacle: null, sign_in_button: true, here: [], made_with: [] }, last_strategy: "passkey" });
    await open(desk(snapshot([withProviders(there)])));
    const button = press(BUTTON);
    expect(button).toHaveAccessibleDescription("Last used");
    expect(button.nextElementSibling).toHaveAccessibleName(/^Continue with /);
  });

  test("asks where several places can be used", async () => {
    const app = at().on("app.authenticators", () => [
      { kind: "this_device", unready: null },
      { kind: "security_key", unready: null },
    ]);
    const user = await open(app);
    await user.click(press(BUTTON));
    const chooser = within(screen.getByRole("dialog", { name: "Where is the passkey?" }));
    await user.click(chooser.getByRole("button", { name: "Security key" }));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(asked(app).map(({ authenticator }) => authenticator)).toEqual(["security_key"]);
  });

  test("is back after another way was wanted, with nothing said and what was typed still there", async () => {
    const answer = held();
    const app = at().on("sign_in.authenticate_with_passkey", () => answer.promise);
    const user = await open(app);
    await user.click(press(BUTTON));
    await outside(() => app.hold(ceremony({ type: "pin", question: 1, again: null })));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Try another way" }));
    await outside(() => answer.refuse(cannot("refused", "passkey_cancelled")));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA);
    expect(press(BUTTON)).not.toHaveAttribute("aria-busy");
  });

  test.each([
    [cannot("refused", "passkey_none"), /^There is no passkey for this instance/],
    [cannot("refused", "passkey_foreign", "bank.example"), /asked for passkeys of bank\.example/],
    [refusal("passkey_not_registered"), /not known at this instance/],
  ])("says why it did not work", async (error, said) => {
    const app = at().on("sign_in.authenticate_with_passkey", () => {
      throw error;
    });
    const user = await open(app);
    await user.click(press(BUTTON));
    expect(await screen.findByText(said)).toBeInTheDocument();
    await user.type(screen.getByLabelText("Email address"), "m");
    expect(screen.queryByText(said)).toBeNull();
  });
});

describe("after it was said who", () => {
  test("a passkey is among the other ways, and begins at once", async () => {
    const app = offering([PASSKEY, ...FACTORS]);
    const user = await named(app);
    await screen.findByLabelText("Password");
    const others = within(screen.getByRole("group", { name: "Other ways to sign in" }));
    await user.click(others.getByRole("button", { name: "Use a passkey" }));
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
    expect(asked(app)).toEqual([
      { type: "authenticate_with_passkey", instance: LOCAL, authenticator: "this_device", discoverable: false },
    ]);
  });

  test("it is not where none can be used", async () => {
    await named(offering([PASSKEY, ...FACTORS], at({ obstacle: "insecure", sign_in_button: false })));
    await screen.findByLabelText("Password");
    expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  });

  test("where it is the only way, it is offered first and waits to be pressed", async () => {
    const app = offering([PASSKEY]);
    const user = await named(app);
    expect(await screen.findByRole("heading", { level: 1, name: "Sign in with your passkey" })).toBeInTheDocument();
    expect(asked(app)).toEqual([]);
    expect(press("Use a passkey")).toHaveFocus();
    await expectNoAxeFindings();
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", INSIDE)).toBeInTheDocument();
  });

  test("who cancels has the other ways, with what was typed", async () => {
    const app = offering([...FACTORS, PASSKEY]).on("sign_in.authenticate_with_passkey", () => {
      throw cannot("refused", "passkey_cancelled");
    });
    const user = await named(app);
    await user.type(await screen.findByLabelText("Password"), "correct");
    await user.click(press("Use a passkey"));
    expect(await screen.findByRole("heading", { level: 1, name: "Sign in with your passkey" })).toBeInTheDocument();
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(press("Use your password"));
    expect(screen.getByLabelText("Password")).toHaveValue("correct");
  });

  test("a failure is said, and a code can be sent instead", async () => {
    const app = offering([...FACTORS, PASSKEY]).on("sign_in.authenticate_with_passkey", () => {
      throw cannot("refused", "passkey_none");
    });
    const user = await named(app);
    await screen.findByLabelText("Password");
    await user.click(press("Use a passkey"));
    expect(await screen.findByText(/^There is no passkey for this instance/)).toBeInTheDocument();
    await user.click(press("Email a code to a**@e******.com"));
    await screen.findByLabelText("Verification code");
    // From there it is as near.
    app.on("sign_in.authenticate_with_passkey", () => held().promise);
    await user.click(press("Use a passkey"));
    expect(asked(app)).toHaveLength(2);
  });

  test("another account can be named", async () => {
    const user = await named(offering([...FACTORS, PASSKEY]).on("sign_in.authenticate_with_passkey", () => held().promise));
    await screen.findByLabelText("Password");
    await user.click(press("Use a passkey"));
    await user.click(press("Change account"));
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA);
  });

  test("an attempt that is gone begins anew", async () => {
    const app = offering([PASSKEY]).on("sign_in.authenticate_with_passkey", () => {
      throw refusal("resource_not_found", null, { status: 404 });
    });
    const user = await named(app);
    await user.click(await screen.findByRole("button", { name: "Use a passkey" }));
    expect(await screen.findByText(/took too long/)).toBeInTheDocument();
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA);
  });
});
