import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { Environment } from "../../bridge/Environment";
import { CODE, desk } from "../../testing/desk";
import {
  ENVIRONMENT,
  LOCAL,
  localInstance,
  NOW,
  problem,
  refusal,
  SIGN_UP,
  snapshot,
  UNREACHABLE,
  unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const SCREEN = { name: "sign-up", instance: LOCAL } as const;
const GRACE = { email: "grace@example.com", password: "a compiler for you" };

async function open(app: StandIn = desk()) {
  return { app, user: await openApp(app, [SCREEN]) };
}

/** Fills in the first step and goes on. */
async function begin(app: StandIn = desk()) {
  const { user } = await open(app);
  await fill(user, "Email address", GRACE.email);
  await fill(user, "Password", GRACE.password);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  return { app, user };
}

function attributes(over: Record<string, { enabled: boolean; required: boolean }>): Environment {
  const known = ENVIRONMENT.user_settings.attributes as Record<string, object>;
  const changed = Object.fromEntries(Object.entries(over).map(([name, rule]) => [name, { ...known[name], ...rule }]));
  return {
    ...ENVIRONMENT,
    user_settings: { ...ENVIRONMENT.user_settings, attributes: { ...known, ...changed } },
  } as Environment;
}

describe("details", () => {
  test("the email address has the focus, and nothing was asked yet", async () => {
    const { app } = await open();
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(app.asked("sign_up.create")).toEqual([]);
    await expectNoAxeFindings();
  });

  test("sec_49: password managers know both fields, and a password can be pasted", async () => {
    const { user } = await open();
    expect(screen.getByLabelText("Email address")).toHaveAttribute("autocomplete", "username");
    expect(screen.getByLabelText("Password")).toHaveAttribute("autocomplete", "new-password");
    expect(screen.getByLabelText("Password")).toHaveAttribute("type", "password");
    await user.click(screen.getByLabelText("Password"));
    await user.paste(GRACE.password);
    expect(screen.getByLabelText("Password")).toHaveValue(GRACE.password);
  });

  test("sec_49: the password can be looked at and hidden again", async () => {
    const { user } = await open();
    await fill(user, "Password", GRACE.password);
    await user.click(screen.getByRole("button", { name: "Show password" }));
    expect(screen.getByLabelText("Password")).toHaveAttribute("type", "text");
    await user.click(screen.getByRole("button", { name: "Hide password" }));
    expect(screen.getByLabelText("Password")).toHaveAttribute("type", "password");
  });

  test("what is missing is said beside its field, and nothing is sent", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(noteOf("Email address")).toBe("Enter your email address.");
    expect(noteOf("Password")).toBe("Choose a password.");
    expect(screen.getByLabelText("Email address")).toHaveAttribute("aria-invalid", "true");
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(app.asked("sign_up.create")).toEqual([]);
    await expectNoAxeFindings();
  });

  test("the first wrong field gets the focus, and typing in it takes its error away", async () => {
    const { app, user } = await open();
    await fill(user, "Email address", GRACE.email);
    await fill(user, "Password", "short");
    screen.getByLabelText("Email address").focus();
    await user.keyboard("{Enter}");
    expect(screen.getByLabelText("Password")).toHaveFocus();
    expect(noteOf("Password")).toBe("Use at least 8 characters.");
    await user.keyboard("er and more");
    expect(screen.getByLabelText("Password")).not.toHaveAttribute("aria-invalid");
    expect(noteOf("Password")).not.toContain("Use at least");
    expect(app.asked("sign_up.create")).toEqual([]);
  });

  test("a text that is no address is refused before it is sent, and kept", async () => {
    const { app, user } = await open();
    await fill(user, "Email address", "grace");
    await fill(user, "Password", GRACE.password);
    await user.keyboard("{Enter}");
    expect(noteOf("Email address")).toContain("does not look like an email address");
    expect(screen.getByLabelText("Email address")).toHaveValue("grace");
    expect(app.asked("sign_up.create")).toEqual([]);
  });

  test("an instance that asks for names gets them; one that does not has no field for them", async () => {
    const asking = attributes({
      first_name: { enabled: true, required: true },
      last_name: { enabled: true, required: false },
    });
    const app = desk(snapshot([localInstance([], { environment: asking })]));
    const { user } = await open(app);
    await fill(user, "Email address", GRACE.email);
    await fill(user, "Password", GRACE.password);
    await user.keyboard("{Enter}");
    expect(noteOf("First name")).toBe("Enter your first name.");
    expect(screen.getByLabelText("Last name")).not.toHaveAttribute("aria-invalid");
    await fill(user, "First name", " Grace ");
    await user.keyboard("{Enter}");
    await screen.findByRole("heading", { name: "Check your email" });
    expect(app.asked("sign_up.create")).toEqual([
      {
        type: "create",
        instance: LOCAL,
        fields: { email_address: GRACE.email, password: GRACE.password, first_name: "Grace" },
      },
    ]);
  });

  test("without names in the instance's settings no name is asked for", async () => {
    const silent = attributes({
      first_name: { enabled: false, required: false },
      last_name: { enabled: false, required: false },
    });
    await open(desk(snapshot([localInstance([], { environment: silent })])));
    expect(screen.queryByLabelText("First name")).toBeNull();
    expect(screen.queryByLabelText("Last name")).toBeNull();
  });

  test("the strength is said in words once typing rests, with a suggestion", async () => {
    stopClock(NOW);
    const app = desk().on("app.estimate_password", () => ({
      score: 1,
      warning: "common",
      suggestion: "add_words",
    }));
    await open(app);
    for (const value of ["p", "pa", "password1"]) {
      fireEvent.change(screen.getByLabelText("Password"), { target: { value } });
    }
    await pass(199);
    expect(app.asked("app.estimate_password")).toEqual([]);
    await pass(1);
    expect(app.asked("app.estimate_password")).toEqual([
      { type: "estimate_password", password: "password1", inputs: [] },
    ]);
    expect(noteOf("Password")).toBe("Password strength: Weak. Add another word or two. Uncommon words are better.");
  });

  test("a way to sign in instead takes the address along", async () => {
    const { user } = await open();
    await fill(user, "Email address", GRACE.email);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByRole("heading", { name: "Sign in" })).toBeInTheDocument();
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
  });
});

describe("sending", () => {
  test("a double click sends once", async () => {
    const answer = held();
    const app = desk().on("sign_up.create", () => answer.promise);
    const { user } = await open(app);
    await fill(user, "Email address", GRACE.email);
    await fill(user, "Password", GRACE.password);
    await user.dblClick(screen.getByRole("button", { name: "Continue" }));
    await user.keyboard("{Enter}");
    expect(app.asked("sign_up.create")).toHaveLength(1);
  });

  test("progress shows on the button after a moment, in words after two seconds, and can be cancelled", async () => {
    stopClock(NOW);
    const answer = held();
    const app = desk().on("sign_up.create", () => answer.promise);
    await open(app);
    fireEvent.change(screen.getByLabelText("Email address"), { target: { value: GRACE.email } });
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: GRACE.password } });
    const button = screen.getByRole("button", { name: /Continue/ });
    fireEvent.click(button);
    await pass(149);
    expect(button).not.toHaveAttribute("aria-busy");
    await pass(1);
    expect(button).toHaveAttribute("aria-busy", "true");
    expect(screen.queryByText(en.waiting.for(en.instance.local))).toBeNull();
    await pass(1850);
    expect(screen.getByText(en.waiting.for(en.instance.local))).toBeInTheDocument();
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(button).not.toHaveAttribute("aria-busy");
    // What still arrives is dropped.
    await outside(() => {
      answer.answer({ ...SIGN_UP, status: "complete", created_session_id: "sess_1" });
    });
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
    expect(screen.getByRole("heading", { name: "Create an account" })).toBeInTheDocument();
  });

  test("errors of the instance land at their fields", async () => {
    const errors = [refusal("form_identifier_exists", "email_address"), refusal("form_password_pwned", "password")];
    const app = desk().on("sign_up.create", () => {
      throw { ...errors[0]!, errors: errors.flatMap((error) => error.errors) };
    });
    await begin(app);
    await waitFor(() => {
      expect(screen.getByLabelText("Email address")).toHaveAttribute("aria-invalid", "true");
    });
    expect(noteOf("Email address")).toContain("There is already an account with this email address.");
    expect(noteOf("Password")).toContain("found in a data leak");
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
    expect(screen.queryByRole("alert")).toBeNull();
    await expectNoAxeFindings();
  });

  test("an error without a field of this screen is said above the form, with its code behind Details", async () => {
    const app = desk().on("sign_up.create", () => {
      throw refusal("quota_exceeded");
    });
    const { user } = await begin(app);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The instance says quota_exceeded.");
    await user.click(screen.getByRole("button", { name: "Details" }));
    expect(alert).toHaveTextContent("Code: quota_exceeded");
    expect(alert).toHaveTextContent("Trace ID: 3f2a9c1b7d");
    await user.click(screen.getByRole("button", { name: "Copy details" }));
    expect(app.asked("app.copy")).toEqual([
      { type: "copy", text: "Code: quota_exceeded\nTrace ID: 3f2a9c1b7d", secret: false },
    ]);
    await expectNoAxeFindings();
  });

  test("what the app says of a request that failed is said; everything typed stays and can be sent again", async () => {
    let calls = 0;
    const app = desk();
    app.on("sign_up.create", () => {
      calls += 1;
      if (calls === 1) throw unreachable();
      return { ...SIGN_UP, email_address: GRACE.email };
    });
    const { user } = await begin(app);
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(screen.getByLabelText("Password")).toHaveValue(GRACE.password);
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await screen.findByRole("heading", { name: "Check your email" });
    expect(app.asked("sign_up.create")).toHaveLength(2);
  });

  test("too many requests name the seconds to wait", async () => {
    const app = desk().on("sign_up.create", () => {
      throw refusal("too_many_requests", null, { status: 429, retry_after_seconds: 12 });
    });
    await begin(app);
    expect(await screen.findByRole("alert")).toHaveTextContent("Wait 12 s and try again.");
  });

  test("an instance that asks for what this app cannot give says so", async () => {
    const app = desk().on("sign_up.create", () => ({ ...SIGN_UP, missing_fields: ["phone_number", "legal_accepted"] }));
    const { user } = await begin(app);
    await screen.findByRole("heading", { name: "This instance asks for more" });
    expect(screen.getByText(/phone number, consent to the terms/)).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByLabelText("Password")).toHaveValue(GRACE.password);
  });

  test("where nothing has to be proven the account opens at once", async () => {
    const app = desk();
    app.on("sign_up.create", () => ({
      ...SIGN_UP,
      status: "complete",
      unverified_fields: [],
      created_session_id: "sess_new",
    }));
    await begin(app);
    await waitFor(() => {
      expect(app.asked("account.set_active")).toEqual([
        { type: "set_active", account: { instance: LOCAL, session: "sess_new" } },
      ]);
    });
    expect(app.asked("sign_up.prepare_verification")).toEqual([]);
  });
});

describe("verifying", () => {
  test("a code is sent, and its field has the focus", async () => {
    const { app } = await begin();
    const field = await screen.findByLabelText("Verification code");
    expect(field).toHaveFocus();
    expect(screen.getByText(`Enter the six digits we sent to ${GRACE.email}.`)).toBeInTheDocument();
    expect(app.asked("sign_up.prepare_verification")).toEqual([
      { type: "prepare_verification", instance: LOCAL, strategy: "email_code" },
    ]);
    await expectNoAxeFindings();
  });

  test("the sixth digit sends, and the new account is on screen", async () => {
    const { app, user } = await begin();
    await screen.findByLabelText("Verification code");
    await user.keyboard(CODE);
    expect(await screen.findByRole("heading", { level: 1, name: GRACE.email })).toBeInTheDocument();
    expect(app.asked("sign_up.attempt_verification")).toEqual([
      { type: "attempt_verification", instance: LOCAL, strategy: "email_code", code: CODE },
    ]);
    expect(app.snapshot.active).toEqual({ instance: LOCAL, session: `sess_${GRACE.email}` });
  });

  test("a wrong code is cleared, its field says so and has the focus", async () => {
    const { app, user } = await begin();
    const field = await screen.findByLabelText("Verification code");
    await user.keyboard("111111");
    await waitFor(() => {
      expect(field).toHaveAttribute("aria-invalid", "true");
    });
    expect(field).toHaveValue("");
    expect(field).toHaveFocus();
    expect(noteOf("Verification code")).toContain("This code is not right.");
    await expectNoAxeFindings();
    await user.keyboard(CODE);
    await screen.findByRole("heading", { level: 1, name: GRACE.email });
    expect(app.asked("sign_up.attempt_verification").map(({ code }) => code)).toEqual(["111111", CODE]);
  });

  test("an unfinished code is not sent, and stays", async () => {
    const { app, user } = await begin();
    const field = await screen.findByLabelText("Verification code");
    await user.keyboard("123{Enter}");
    expect(noteOf("Verification code")).toBe("Enter all six digits.");
    expect(field).toHaveFocus();
    expect(field).toHaveValue("123");
    expect(app.asked("sign_up.attempt_verification")).toEqual([]);
  });

  test("a network fault keeps the code, which can be sent again", async () => {
    let calls = 0;
    const app = desk();
    const { user } = await begin(app);
    const field = await screen.findByLabelText("Verification code");
    app.on("sign_up.attempt_verification", () => {
      calls += 1;
      if (calls === 1) throw unreachable();
      return { ...SIGN_UP, status: "complete", created_session_id: "sess_x" };
    });
    await user.keyboard("222222");
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(field).toHaveValue("222222");
    await user.click(screen.getByRole("button", { name: "Verify" }));
    await waitFor(() => {
      expect(app.asked("account.set_active")).toHaveLength(1);
    });
  });

  test("while a code is checked no other is taken, and none is sent twice", async () => {
    const answer = held();
    const app = desk();
    const { user } = await begin(app);
    const field = await screen.findByLabelText("Verification code");
    app.on("sign_up.attempt_verification", () => answer.promise);
    await user.keyboard("111111");
    await user.keyboard("{Backspace}2{Enter}");
    await user.dblClick(screen.getByRole("button", { name: /Verify/ }));
    expect(field).toHaveValue("111111");
    expect(app.asked("sign_up.attempt_verification")).toHaveLength(1);
  });

  test("an expired code has another one sent", async () => {
    const app = desk();
    const { user } = await begin(app);
    await screen.findByLabelText("Verification code");
    app.on("sign_up.attempt_verification", () => {
      throw refusal("verification_expired");
    });
    await user.keyboard("111111");
    expect(
      await screen.findByText(`This code has expired. We sent a new one to ${GRACE.email}.`),
    ).toBeInTheDocument();
    expect(app.asked("sign_up.prepare_verification")).toHaveLength(2);
    expect(screen.getByLabelText("Verification code")).toHaveValue("");
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
  });

  test("too many wrong codes ask for a new one", async () => {
    const app = desk();
    const { user } = await begin(app);
    await screen.findByLabelText("Verification code");
    app.on("sign_up.attempt_verification", () => {
      throw refusal("verification_failed", "code");
    });
    await user.keyboard("111111");
    await waitFor(() => {
      expect(noteOf("Verification code")).toBe("Too many wrong codes. Send a new code and use that one.");
    });
  });

  test("going back and changing nothing keeps the code that was sent", async () => {
    const { app, user } = await begin();
    await screen.findByLabelText("Verification code");
    await user.click(screen.getByRole("button", { name: "Change email address" }));
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
    expect(screen.getByLabelText("Password")).toHaveValue(GRACE.password);
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await screen.findByLabelText("Verification code");
    expect(app.asked("sign_up.create")).toHaveLength(1);
    expect(app.asked("sign_up.prepare_verification")).toHaveLength(1);
  });

  test("going back and changing the address begins another attempt", async () => {
    const { app, user } = await begin();
    await screen.findByLabelText("Verification code");
    await user.keyboard("{Escape}");
    await fill(user, "Email address", "g.hopper@example.com");
    await user.keyboard("{Enter}");
    await screen.findByText("Enter the six digits we sent to g.hopper@example.com.");
    expect(app.asked("sign_up.create")).toHaveLength(2);
  });

  test("an attempt that is gone leads back to the details, with what was typed", async () => {
    const app = desk();
    const { user } = await begin(app);
    await screen.findByLabelText("Verification code");
    app.on("sign_up.attempt_verification", () => {
      throw refusal("resource_not_found", null, { status: 404 });
    });
    await user.keyboard("111111");
    expect(await screen.findByRole("alert")).toHaveTextContent("This is no longer there.");
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
  });
});

describe("another code", () => {
  /** The step that waits for a code, with the clock stopped. */
  async function waiting(app: StandIn) {
    stopClock(NOW);
    await open(app);
    fireEvent.change(screen.getByLabelText("Email address"), { target: { value: GRACE.email } });
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: GRACE.password } });
    fireEvent.click(screen.getByRole("button", { name: "Continue" }));
    await pass(0);
  }

  test("can be sent when the wait is over, which is counted down", async () => {
    const app = desk();
    await waiting(app);
    expect(screen.getByRole("button", { name: "Send a new code in 30 s" })).toBeDisabled();
    await pass(10_000);
    expect(screen.getByRole("button", { name: "Send a new code in 20 s" })).toBeDisabled();
    await pass(20_000);
    const button = screen.getByRole("button", { name: "Send a new code" });
    expect(button).toBeEnabled();
    fireEvent.click(button);
    await pass(0);
    expect(screen.getByText(`We sent a new code to ${GRACE.email}.`)).toBeInTheDocument();
    expect(app.asked("sign_up.prepare_verification")).toHaveLength(2);
    expect(screen.getByRole("button", { name: "Send a new code in 30 s" })).toBeDisabled();
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
  });

  test("is sent once however often the button is clicked", async () => {
    const app = desk();
    await waiting(app);
    await pass(30_000);
    app.on("sign_up.prepare_verification", () => held().promise);
    fireEvent.click(screen.getByRole("button", { name: "Send a new code" }));
    fireEvent.click(screen.getByRole("button", { name: "Send a new code" }));
    await pass(0);
    expect(app.asked("sign_up.prepare_verification")).toHaveLength(2);
  });

  test("waits as long as the instance says", async () => {
    const app = desk();
    await waiting(app);
    await pass(30_000);
    app.on("sign_up.prepare_verification", () => {
      throw refusal("verification_code_too_many_requests", null, { status: 429, retry_after_seconds: 47 });
    });
    fireEvent.click(screen.getByRole("button", { name: "Send a new code" }));
    await pass(0);
    expect(screen.getByRole("button", { name: "Send a new code in 47 s" })).toBeDisabled();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("resuming", () => {
  const left = { ...SIGN_UP, email_address: GRACE.email };
  function leftBehind(over: object = {}) {
    const local = localInstance();
    return desk(snapshot([{ ...local, client: { ...local.client!, sign_up: { ...left, ...over } } }]));
  }

  test("a sign-up that was left goes on at its code, and says so", async () => {
    const { app } = await open(leftBehind());
    expect(screen.getByText("You began this sign-up earlier. Enter the code to finish it.")).toBeInTheDocument();
    expect(screen.getByText(`Enter the six digits we sent to ${GRACE.email}.`)).toBeInTheDocument();
    expect(app.asked("sign_up.create")).toEqual([]);
    await expectNoAxeFindings();
  });

  test("one that was left before its code was sent has it sent now", async () => {
    const email = { ...SIGN_UP.verifications.email_address!, next_action: "needs_prepare" };
    const { app } = await open(leftBehind({ verifications: { ...SIGN_UP.verifications, email_address: email } }));
    expect(app.asked("sign_up.prepare_verification")).toHaveLength(1);
  });

  test("one that has its code is not sent another", async () => {
    const email = {
      ...SIGN_UP.verifications.email_address!,
      next_action: "needs_attempt",
      status: "unverified",
      strategy: "email_code",
    };
    const { app } = await open(leftBehind({ verifications: { ...SIGN_UP.verifications, email_address: email } }));
    expect(app.asked("sign_up.prepare_verification")).toEqual([]);
  });
});

describe("an instance that is not there", () => {
  test("a skeleton stands for the form while it starts, and gives way to it", async () => {
    const app = desk(snapshot([localInstance([], { status: "loading", client: null, environment: null })]));
    await open(app);
    expect(screen.getByText(en.instance.loading(en.instance.local))).toBeInTheDocument();
    expect(screen.queryByLabelText("Email address")).toBeNull();
    await expectNoAxeFindings();
    await outside(() => {
      app.change({ instances: [localInstance()] });
    });
    expect(screen.getByLabelText("Email address")).toBeInTheDocument();
  });

  test("a fault is said with the way to try again", async () => {
    const app = desk(snapshot([localInstance([], { status: "error", client: null, problem: problem("database_newer") })]));
    const { user } = await open(app);
    const alert = screen.getByRole("alert");
    expect(alert).toHaveTextContent(en.instance.errorTitle(en.instance.local));
    expect(alert).toHaveTextContent("was written by a newer version of Frontdesk");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(app.asked("instance.reload")).toEqual([{ type: "reload", instance: LOCAL }]);
    await expectNoAxeFindings();
  });

  test("what was typed stays when the state changes outside", async () => {
    const { app, user } = await open();
    await fill(user, "Email address", GRACE.email);
    await outside(() => {
      app.change({ instances: [localInstance([], { status: "degraded", answered_at: NOW + 1 })] });
    });
    expect(screen.getByLabelText("Email address")).toHaveValue(GRACE.email);
  });
});
