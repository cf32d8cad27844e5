import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { CODE, desk } from "../../testing/desk";
import {
  ENVIRONMENT,
  LOCAL,
  localInstance,
  NOW,
  PICTURE,
  refusal,
  remoteInstance,
  session,
  SIGN_IN,
  snapshot,
  UNREACHABLE, unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const ADA = { email: "ada@example.com", password: "correct horse" };
const CODE_BUTTON = "Email a code to a**@e******.com";

async function open(app: StandIn = desk(), email?: string) {
  return { app, user: await openApp(app, [{ name: "sign-in", instance: LOCAL, ...(email && { email }) }]) };
}

/** Says who, and waits for the password. */
async function begin(app: StandIn = desk()) {
  const { user } = await open(app, ADA.email);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  return { app, user, field: await screen.findByLabelText("Password") };
}

/** Has a code sent, and waits for its field. */
async function beginCode(app: StandIn = desk()) {
  const { user } = await begin(app);
  await user.click(screen.getByRole("button", { name: CODE_BUTTON }));
  return { app, user, field: await screen.findByLabelText("Verification code") };
}

/** A desk that would rather send a code. */
function codeFirst(): StandIn {
  const display_config = { ...ENVIRONMENT.display_config, preferred_sign_in_strategy: "otp" };
  return desk(snapshot([localInstance([], { environment: { ...ENVIRONMENT, display_config } })]));
}

describe("who", () => {
  test("the address has the focus and is known to password managers", async () => {
    await open();
    const field = screen.getByLabelText("Email address");
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute("autocomplete", "username");
    await expectNoAxeFindings();
  });

  test("nothing typed is said beside the field and not sent", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(noteOf("Email address")).toBe("Enter your email address.");
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(app.asked("sign_in.create")).toEqual([]);
  });

  test("an unknown account is said beside the field, with the address, and an account can be made from there", async () => {
    const { user } = await open();
    await fill(user, "Email address", "nobody@example.com");
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(noteOf("Email address")).toBe("There is no account for nobody@example.com at this instance.");
    });
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(screen.getByLabelText("Email address")).toHaveValue("nobody@example.com");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    expect(screen.getByRole("heading", { name: "Create an account" })).toBeInTheDocument();
    expect(screen.getByLabelText("Email address")).toHaveValue("nobody@example.com");
  });

  test("typing takes the error away", async () => {
    const { user } = await open();
    await user.keyboard("{Enter}");
    expect(screen.getByLabelText("Email address")).toHaveAttribute("aria-invalid", "true");
    await user.keyboard("a");
    expect(screen.getByLabelText("Email address")).not.toHaveAttribute("aria-invalid");
    expect(noteOf("Email address")).toBe("");
  });

  test("a double click sends once", async () => {
    const answer = held();
    const app = desk().on("sign_in.create", () => answer.promise);
    const { user } = await open(app, ADA.email);
    await user.dblClick(screen.getByRole("button", { name: "Continue" }));
    screen.getByLabelText("Email address").focus();
    await user.keyboard("{Enter}");
    expect(app.asked("sign_in.create")).toEqual([{ type: "create", instance: LOCAL, identifier: ADA.email }]);
  });

  test("an instance that takes no new people leads to an invitation", async () => {
    const sign_up = { ...ENVIRONMENT.user_settings.sign_up, mode: "restricted" };
    const environment = { ...ENVIRONMENT, user_settings: { ...ENVIRONMENT.user_settings, sign_up } };
    const { user } = await open(desk(snapshot([localInstance([], { environment })])));
    expect(screen.queryByRole("button", { name: "Create an account" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "I have an invitation" }));
    expect(await screen.findByRole("heading", { name: "By invitation only" })).toBeInTheDocument();
  });

  test("an instance elsewhere is named with its host", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()]));
    await openApp(app, [{ name: "sign-in", instance: "remote" }]);
    expect(screen.getByText("clerk.harbour.example", { ignore: "[hidden] *" })).toBeInTheDocument();
  });
});

describe("what the instance shows of the account", () => {
  const IMAGE = "http://127.0.0.1:47113/v1/images/img_3";
  const known = (has_image: boolean, image_url: string | null) =>
    desk().on("sign_in.create", ({ identifier = null }) => {
      return { ...SIGN_IN, identifier, user_data: { first_name: "Ada", last_name: null, has_image, image_url } };
    });
  const drawn = () => document.querySelectorAll(".identity canvas").length;

  test("a picture of their own stands beside the address", async () => {
    const { app } = await begin(known(true, IMAGE).on("instance.picture", () => PICTURE));
    await waitFor(() => {
      expect(drawn()).toBe(1);
    });
    expect(app.asked("instance.picture")).toEqual([{ type: "picture", instance: LOCAL, image_url: IMAGE }]);
    await expectNoAxeFindings();
  });

  test("a picture that stands for anybody is not asked for", async () => {
    const { app } = await begin(known(false, IMAGE));
    expect(app.asked("instance.picture")).toEqual([]);
    expect(drawn()).toBe(0);
  });

  test("nothing, as most do: the first letters stand there", async () => {
    const { app } = await begin();
    expect(app.asked("instance.picture")).toEqual([]);
    expect(document.querySelector(".identity .avatar")).toHaveAttribute("data-initials", "A");
  });
});

describe("the password", () => {
  test("comes next, with the focus, for the account that was named", async () => {
    const { field } = await begin();
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute("autocomplete", "current-password");
    expect(screen.getByText("Signing in as")).toBeInTheDocument();
    expect(screen.getByText(ADA.email)).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("lets password managers see whose it is", async () => {
    const { field } = await begin();
    const name = field.closest("form")?.querySelector<HTMLInputElement>("input[autocomplete='username']");
    expect(name?.value).toBe(ADA.email);
  });

  test("opens the account", async () => {
    const { app, user } = await begin();
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    expect(app.asked("sign_in.attempt_first_factor")).toEqual([
      { type: "attempt_first_factor", instance: LOCAL, strategy: "password", password: ADA.password },
    ]);
    expect(app.asked("account.set_active")).toEqual([
      { type: "set_active", account: { instance: LOCAL, session: `sess_${ADA.email}` } },
    ]);
  });

  test("when wrong is said beside its field, which keeps it and has the focus", async () => {
    const { user, field } = await begin();
    await user.keyboard("wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => {
      expect(field).toHaveAttribute("aria-invalid", "true");
    });
    expect(noteOf("Password")).toBe("This password is not right. Try again, or sign in another way.");
    expect(field).toHaveFocus();
    expect(field).toHaveValue("wrong");
    await expectNoAxeFindings();
  });

  test("when empty is asked for and not sent", async () => {
    const { app, user } = await begin();
    await user.keyboard("{Enter}");
    expect(noteOf("Password")).toBe("Enter your password.");
    expect(app.asked("sign_in.attempt_first_factor")).toEqual([]);
  });

  test("is sent once by a double click", async () => {
    const answer = held();
    const app = desk();
    const { user } = await begin(app);
    app.on("sign_in.attempt_first_factor", () => answer.promise);
    await user.keyboard(ADA.password);
    await user.dblClick(screen.getByRole("button", { name: /Sign in/ }));
    await user.keyboard("{Enter}");
    expect(app.asked("sign_in.attempt_first_factor")).toHaveLength(1);
  });

  test("stays when the instance cannot be reached", async () => {
    const app = desk();
    const { user, field } = await begin(app);
    app.on("sign_in.attempt_first_factor", () => {
      throw unreachable();
    });
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(field).toHaveValue(ADA.password);
    expect(field).toHaveFocus();
  });

  test("says what is waited for after two seconds, and can be cancelled", async () => {
    stopClock(NOW);
    const app = desk();
    await open(app, ADA.email);
    fireEvent.click(screen.getByRole("button", { name: "Continue" }));
    await pass(0);
    const answer = held();
    app.on("sign_in.attempt_first_factor", () => answer.promise);
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: ADA.password } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await pass(2000);
    expect(screen.getByText(en.waiting.for(en.instance.local))).toBeInTheDocument();
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await outside(() => {
      answer.answer({ ...SIGN_IN, status: "complete", created_session_id: "sess_late" });
    });
    expect(screen.getByLabelText("Password")).toHaveValue(ADA.password);
    expect(app.asked("account.set_active")).toEqual([]);
  });

  test.each([["Back"], ["Change account"]])("%s leads to the address, which is still there", async (name) => {
    const { user } = await begin();
    await user.click(screen.getByRole("button", { name }));
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA.email);
    expect(screen.getByLabelText("Email address")).toHaveFocus();
  });

  test("Escape goes back a step, and then leaves", async () => {
    const { user } = await begin();
    await user.keyboard("{Escape}");
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA.email);
    await user.keyboard("{Escape}");
    expect(screen.getByRole("heading", { name: "Welcome to Frontdesk" })).toBeInTheDocument();
  });

  test("of a sign-in that has ended leads to the start, with the reason", async () => {
    const app = desk();
    const { user } = await begin(app);
    app.on("sign_in.attempt_first_factor", () => {
      throw refusal("resource_not_found", null, { status: 404 });
    });
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("alert")).toHaveTextContent("That sign-in took too long and has ended. Start again.");
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA.email);
  });

  test("of an account that is signed in already opens that account", async () => {
    const here = session({ email: ADA.email });
    const app = desk(snapshot([localInstance([here])], { active: null }));
    app.on("sign_in.create", () => {
      throw refusal("identifier_already_signed_in", "identifier", { meta: { session_id: here.id } });
    });
    const { user } = await open(app, ADA.email);
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });
});

describe("what ends a sign-in", () => {
  test.each([
    ["user_locked", "This account is locked for now"],
    ["user_banned", "This account is banned"],
  ])("%s is said in words", async (code, title) => {
    const app = desk();
    const { user } = await begin(app);
    app.on("sign_in.attempt_first_factor", () => {
      throw refusal(code, null, { status: 403 });
    });
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("heading", { name: title })).toHaveFocus();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByLabelText("Email address")).toHaveValue(ADA.email);
  });

  test.each([
    ["needs_second_factor", "One more step is needed"],
    ["needs_client_trust", "This device is new"],
    ["something_else", "This sign-in cannot go on"],
  ])("a next step of %s, which this app does not have, is said in words", async (status, title) => {
    const app = desk();
    const { user } = await begin(app);
    app.on("sign_in.attempt_first_factor", () => ({ ...SIGN_IN, status }));
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("heading", { name: title })).toBeInTheDocument();
    expect(app.asked("account.set_active")).toEqual([]);
  });

  test("an account without a way in that this app has is said in words", async () => {
    const passkeys = { obstacle: "no_name" as const, sign_in_button: false, here: [], made_with: [] };
    const app = desk(snapshot([localInstance([], { passkeys })])).on("sign_in.create", () => ({
      ...SIGN_IN,
      supported_first_factors: [{ strategy: "passkey" }],
    }));
    const { user } = await open(app, ADA.email);
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("heading", { name: "No way to sign in here" })).toBeInTheDocument();
  });
});

describe("a code", () => {
  test("can be asked for in place of the password, and opens the account", async () => {
    const { app, user, field } = await beginCode();
    expect(field).toHaveFocus();
    expect(app.asked("sign_in.prepare_first_factor")).toEqual([
      {
        type: "prepare_first_factor",
        instance: LOCAL,
        strategy: "email_code",
        email_address_id: "idn_2abcDEFghiJKLmnoPQRstuVWXyz",
      },
    ]);
    await expectNoAxeFindings();
    await user.keyboard(CODE);
    expect(await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    expect(app.asked("sign_in.attempt_first_factor")).toEqual([
      { type: "attempt_first_factor", instance: LOCAL, strategy: "email_code", code: CODE },
    ]);
  });

  test("is sent once by a double click", async () => {
    const answer = held();
    const app = desk();
    const { user } = await begin(app);
    app.on("sign_in.prepare_first_factor", () => answer.promise);
    await user.dblClick(screen.getByRole("button", { name: new RegExp("^Email a code") }));
    expect(app.asked("sign_in.prepare_first_factor")).toHaveLength(1);
  });

  test("comes first where the instance would rather send one", async () => {
    const app = codeFirst();
    const { user } = await open(app, ADA.email);
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByLabelText("Verification code")).toHaveFocus();
    expect(app.asked("sign_in.prepare_first_factor")).toHaveLength(1);
  });

  test("that was sent a moment ago will do", async () => {
    const app = desk().on("sign_in.prepare_first_factor", () => {
      throw refusal("verification_code_too_many_requests", null, { status: 429, retry_after_seconds: 20 });
    });
    await beginCode(app);
    expect(screen.getByRole("button", { name: /Send a new code in (20|19) s/ })).toBeDisabled();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("that cannot be sent is said, and the password can still be used", async () => {
    const app = desk().on("sign_in.prepare_first_factor", () => {
      throw unreachable();
    });
    const { user } = await begin(app);
    await user.click(screen.getByRole("button", { name: CODE_BUTTON }));
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(screen.getByLabelText("Password")).toBeInTheDocument();
  });

  test("when wrong is cleared and said beside its field", async () => {
    const { user, field } = await beginCode();
    await user.keyboard("111111");
    await waitFor(() => {
      expect(field).toHaveAttribute("aria-invalid", "true");
    });
    expect(field).toHaveValue("");
    expect(field).toHaveFocus();
    expect(noteOf("Verification code")).toContain("This code is not right.");
  });

  test("can be left for the password again", async () => {
    const { user } = await beginCode();
    await user.click(screen.getByRole("button", { name: "Use your password" }));
    expect(screen.getByLabelText("Password")).toHaveFocus();
  });

  test("and the password that was typed before is still there on the way back", async () => {
    const { user } = await begin();
    await user.keyboard(ADA.password);
    await user.click(screen.getByRole("button", { name: CODE_BUTTON }));
    await screen.findByLabelText("Verification code");
    await user.keyboard("{Escape}");
    expect(screen.getByLabelText("Password")).toHaveValue(ADA.password);
  });

  test("of an account that is locked meanwhile ends the sign-in", async () => {
    const app = desk();
    const { user } = await beginCode(app);
    app.on("sign_in.attempt_first_factor", () => {
      throw refusal("user_locked", null, { status: 403 });
    });
    await user.keyboard("111111");
    expect(await screen.findByRole("heading", { name: "This account is locked for now" })).toBeInTheDocument();
  });
});

describe("the last moment", () => {
  test("says when the account cannot be shown, and tries again", async () => {
    let calls = 0;
    const app = desk();
    app.on("account.set_active", ({ account }) => {
      calls += 1;
      if (calls === 1) throw unreachable();
      app.change({ active: account as never });
      return null;
    });
    const { user } = await begin(app);
    await user.keyboard(`${ADA.password}{Enter}`);
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });
});
