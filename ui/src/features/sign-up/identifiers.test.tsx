import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { SignUp } from "../../bridge/SignUp";
import { CODE, desk } from "../../testing/desk";
import {
  ENVIRONMENT,
  LOCAL,
  localInstance,
  refusal,
  remoteInstance,
  SIGN_UP,
  snapshot,
  withAttributes,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const NUMBER = "+12015550123";
const waiting = SIGN_UP.verifications.email_address!;

/** What an attempt is like that has both, of which these are still to be proven. */
function attempt(unverified_fields: string[]): SignUp {
  return {
    ...SIGN_UP,
    status: "missing_requirements",
    email_address: "ada@example.com",
    phone_number: NUMBER,
    missing_fields: [],
    unverified_fields,
    verifications: { ...SIGN_UP.verifications, email_address: waiting, phone_number: { ...waiting, strategy: "" } },
  };
}

function both(): StandIn {
  const app = desk(
    snapshot([withAttributes(localInstance(), { phone_number: { required: true }, username: {} })]),
  );
  return app
    .on("sign_up.create", () => attempt(["email_address", "phone_number"]))
    .on("sign_up.prepare_verification", () => attempt(["phone_number"]))
    .on("sign_up.attempt_verification", ({ strategy, code }) => {
      if (code !== CODE) throw refusal("form_code_incorrect", "code");
      if (strategy === "email_code") return attempt(["phone_number"]);
      return { ...attempt([]), status: "complete", created_session_id: "sess_9" };
    });
}

const open = (app: StandIn, instance = LOCAL) => openApp(app, [{ name: "sign-up", instance }]);
const title = (name: string) => screen.findByRole("heading", { level: 1, name });

describe("phone numbers and user names", () => {
  test("are asked for by the instance's rules, and checked before anybody is asked", async () => {
    const app = both();
    const user = await open(app);
    await expectNoAxeFindings();
    await fill(user, "Email address", "ada@example.com");
    await fill(user, "Password", "correct horse");
    await fill(user, "User name (optional)", "ada");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(noteOf("Phone number")).toBe("Enter your phone number.");
    expect(noteOf("User name (optional)")).toBe("A user name has 4 to 64 characters.");
    expect(app.asked("sign_up.create")).toEqual([]);
  });

  test("both are proven, one after the other, each by a code of its own", async () => {
    const app = both();
    const user = await open(app);
    await fill(user, "Email address", "ada@example.com");
    await fill(user, "Phone number", "2015550123");
    await fill(user, "User name (optional)", "ada_l");
    await fill(user, "Password", "correct horse");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await title("Check your email");
    expect(app.asked("sign_up.create")[0]?.["fields"]).toEqual({
      email_address: "ada@example.com",
      phone_number: NUMBER,
      username: "ada_l",
      password: "correct horse",
    });
    await user.keyboard(CODE);
    await title("Check your phone");
    expect(screen.getByText("Enter the six digits we sent to +1 201 555 0123.")).toBeInTheDocument();
    await user.keyboard(CODE);
    await waitFor(() => expect(app.snapshot.active?.session).toBe("sess_9"));
    expect(app.asked("sign_up.prepare_verification").map(({ strategy }) => strategy)).toContain("phone_code");
    expect(app.asked("sign_up.attempt_verification").map(({ strategy }) => strategy)).toEqual([
      "email_code",
      "phone_code",
    ]);
  });
});

describe("an instance that takes no new people by itself", () => {
  const shut = (mode: string) => {
    const user_settings = { ...ENVIRONMENT.user_settings, sign_up: { ...ENVIRONMENT.user_settings.sign_up, mode } };
    const display_config = { ...ENVIRONMENT.display_config, support_email: "desk@harbour.example" };
    return desk(snapshot([remoteInstance([], { environment: { ...ENVIRONMENT, display_config, user_settings } })]));
  };

  test.each([
    ["restricted", "By invitation only", /^Harbour Works takes new people by invitation only/],
    ["waitlist", "There is a waiting list", /^Harbour Works lets new people in one after the other/],
  ])("says so where its settings do (%s), and leads to signing in", async (mode, heading, body) => {
    const user = await open(shut(mode), "remote");
    await title(heading);
    expect(screen.getByText(body)).toBeInTheDocument();
    expect(screen.getByText(/desk@harbour\.example/)).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await title("Sign in");
  });

  test("lets people ask for an invitation, and says that they have", async () => {
    const app = shut("waitlist").on("sign_up.join_waitlist", () => ({ object: "waitlist_entry", id: "wle_1" }));
    const user = await open(app, "remote");
    await title("There is a waiting list");
    await user.click(screen.getByRole("button", { name: "Join the waiting list" }));
    expect(app.asked("sign_up.join_waitlist")).toEqual([]);
    expect(screen.getByRole("textbox", { name: "Email address" })).toBeInvalid();
    await fill(user, "Email address", " ada@example.com ");
    await user.click(screen.getByRole("button", { name: "Join the waiting list" }));
    await screen.findByText(/A message is on its way to ada@example\.com/);
    expect(screen.getByRole("heading", { name: "You are on the list" })).toHaveFocus();
    expect(app.asked("sign_up.join_waitlist").map(({ email_address: to }) => to)).toEqual(["ada@example.com"]);
    expect(screen.queryByRole("button", { name: "Join the waiting list" })).toBeNull();
    await expectNoAxeFindings();
  });

  test("says why it takes somebody on no list", async () => {
    const app = shut("waitlist").on("sign_up.join_waitlist", () => {
      throw refusal("not_allowed_access", null, { status: 403 });
    });
    const user = await open(app, "remote");
    await fill(user, "Email address", "eve@example.com");
    await user.click(screen.getByRole("button", { name: "Join the waiting list" }));
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Join the waiting list" })).toBeInTheDocument();
  });

  test("is opened by an invitation, whose link is pasted, and asks for the rest", async () => {
    const app = shut("waitlist").on("sign_up.create", () => ({
      ...SIGN_UP,
      status: "missing_requirements",
      email_address: "ada@example.com",
      missing_fields: ["password"],
      unverified_fields: [],
      verifications: {
        ...SIGN_UP.verifications,
        email_address: { ...SIGN_UP.verifications.email_address, status: "verified", strategy: "ticket" },
        external_account: null,
      },
      created_session_id: null,
    }));
    const user = await open(app, "remote");
    await user.click(await screen.findByRole("button", { name: "I have an invitation" }));
    await title("Your invitation");
    await fill(user, "Link or code of the invitation", "https://auth.example.com/v1/tickets/accept?x=1");
    await user.click(screen.getByRole("button", { name: "Accept the invitation" }));
    expect(screen.getByRole("textbox", { name: "Link or code of the invitation" })).toBeInvalid();
    expect(screen.getByRole("textbox", { name: "Link or code of the invitation" })).toHaveFocus();
    await user.clear(screen.getByRole("textbox", { name: "Link or code of the invitation" }));
    await fill(user, "Link or code of the invitation", "https://auth.example.com/v1/tickets/accept?ticket=fti1_abc");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Accept the invitation" }));
    await title("One thing more");
    expect(app.asked("sign_up.create").map(({ fields }) => fields)).toEqual([{ ticket: "fti1_abc" }]);
    expect(screen.getByText(/^Your invitation is for ada@example\.com\./)).toBeInTheDocument();
    expect(screen.getByLabelText("Password")).toHaveFocus();
    expect(screen.queryByRole("textbox", { name: "Email address" })).toBeNull();
    await fill(user, "Password", "correct horse");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(app.asked("sign_up.update").map(({ fields }) => fields)).toEqual([{ password: "correct horse" }]));
  });

  test("says why an invitation lets nobody in", async () => {
    const app = shut("restricted").on("sign_up.create", () => {
      throw refusal("revoked_invitation", null, { status: 400 });
    });
    const user = await open(app, "remote");
    await title("By invitation only");
    await fill(user, "Link or code of the invitation", "fti1_abc");
    await user.click(screen.getByRole("button", { name: "Accept the invitation" }));
    expect(await screen.findByRole("alert")).toBeInTheDocument();
    await title("By invitation only");
  });

  test.each([
    ["sign_up_mode_restricted", "By invitation only"],
    ["sign_up_restricted_waitlist", "There is a waiting list"],
  ])("says so where only its answer does (%s)", async (code, heading) => {
    const app = desk().on("sign_up.create", () => {
      throw refusal(code, null, { status: 403 });
    });
    const user = await open(app);
    await fill(user, "Email address", "ada@example.com");
    await fill(user, "Password", "correct horse");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await title(heading);
  });
});

describe("a password", () => {
  test("that is easy to guess comes with the instance's advice", async () => {
    const suggestions = [
      { code: "anotherWord", message: "Add more words." },
      { code: "of_its_own", message: "Think of a ship." },
    ];
    const app = desk().on("sign_up.create", () => {
      throw refusal("form_password_not_strong_enough", null, {
        meta: { param_name: "password", zxcvbn: { suggestions } } as object,
      });
    });
    const user = await open(app);
    await fill(user, "Email address", "ada@example.com");
    await fill(user, "Password", "password1");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() =>
      expect(noteOf("Password")).toBe(
        "This password is easy to guess. Make it longer or less common. Add another word or two. Uncommon words are better. Think of a ship.",
      ),
    );
  });

  test("says beforehand what it has to have", async () => {
    const password_settings = {
      ...ENVIRONMENT.user_settings.password_settings,
      require_numbers: true,
      require_uppercase: true,
    };
    const environment = { ...ENVIRONMENT, user_settings: { ...ENVIRONMENT.user_settings, password_settings } };
    await open(desk(snapshot([localInstance([], { environment })])));
    expect(noteOf("Password")).toBe("At least 8 characters, with an upper-case letter and a number.");
  });
});
