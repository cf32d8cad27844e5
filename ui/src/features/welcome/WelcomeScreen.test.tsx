import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { InstanceView } from "../../bridge/InstanceView";
import { desk } from "../../testing/desk";
import {
  ENVIRONMENT,
  LOCAL,
  localInstance,
  problem,
  remoteInstance,
  session,
  SIGN_UP,
  snapshot,
} from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { en } from "../../words/en";

function withMode(mode: string): InstanceView {
  const sign_up = { ...ENVIRONMENT.user_settings.sign_up, mode };
  return localInstance([], { environment: { ...ENVIRONMENT, user_settings: { ...ENVIRONMENT.user_settings, sign_up } } });
}

describe("the first screen", () => {
  test("offers an account on this computer first, signing in, and another instance", async () => {
    const user = await openApp(desk());
    expect(screen.getByRole("heading", { level: 1, name: "Welcome to Frontdesk" })).toBeInTheDocument();
    expect(screen.queryByRole("radiogroup")).toBeNull();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    expect(screen.getByRole("heading", { name: "Create an account" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByRole("heading", { name: "Sign in" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Connect to an instance" }));
    expect(screen.getByRole("heading", { name: "Connect to an instance" })).toBeInTheDocument();
  });

  test("gives the focus back to the button that led away", async () => {
    const user = await openApp(desk());
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: "Sign in" })).toHaveFocus();
  });

  test("has a skeleton until the instances are known", async () => {
    const app = desk(snapshot([], { status: "loading" }));
    await openApp(app);
    expect(document.querySelectorAll(".skeleton").length).toBeGreaterThan(0);
    expect(screen.queryByRole("button", { name: "Create an account" })).toBeNull();
    await expectNoAxeFindings();
    await outside(() => {
      app.change({ status: "ready", instances: [localInstance()] });
    });
    expect(document.querySelectorAll(".skeleton")).toHaveLength(0);
    expect(screen.getByRole("button", { name: "Create an account" })).toBeInTheDocument();
  });

  test("is not drawn before the app has answered, so that nobody sees it for a moment", async () => {
    await openApp(desk(snapshot([], { revision: -1 })));
    expect(screen.queryByRole("heading")).toBeNull();
  });

  test.each([
    ["locked", "Your keychain is locked"],
    ["absent", "This computer has no keychain"],
  ] as const)("says before anything is typed that the keychain is %s", async (state, title) => {
    await openApp(desk(snapshot([localInstance()], { vault: { keeper: "keychain", state, store: "Secret Service", detail: null } })));
    expect(screen.getByText(title)).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("says when its instance cannot be opened", async () => {
    const app = desk(snapshot([localInstance([], { status: "error", client: null, problem: problem("data_folder_unwritable", { detail: "the disk is full" }) })]));
    const user = await openApp(app);
    expect(screen.getByRole("alert")).toHaveTextContent(/cannot write to its folder.*the disk is full/);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(app.asked("instance.reload")).toEqual([{ type: "reload", instance: LOCAL }]);
  });

  test("leads back to a sign-up that waits for its code", async () => {
    const local = localInstance();
    const client = { ...local.client!, sign_up: { ...SIGN_UP, email_address: "grace@example.com" } };
    const user = await openApp(desk(snapshot([{ ...local, client }])));
    expect(screen.getByText(en.welcome.resume("grace@example.com"))).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Enter the code" }));
    expect(screen.getByLabelText("Verification code")).toHaveFocus();
  });

  test.each([
    ["restricted", en.welcome.byInvitation, "I have an invitation", "By invitation only"],
    ["waitlist", en.welcome.waitlist, "Join the waiting list", "There is a waiting list"],
  ])("of an instance that is %s leads to the way in that there is", async (mode, words, way, title) => {
    const user = await openApp(desk(snapshot([withMode(mode)])));
    expect(screen.getByText(words)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Create an account" })).toBeNull();
    expect(screen.getByRole("button", { name: "Sign in" })).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: way }));
    expect(screen.getByRole("heading", { level: 1, name: title })).toBeInTheDocument();
  });
});

describe("with several instances", () => {
  test("one chooses where, this computer being chosen at first", async () => {
    const user = await openApp(desk(snapshot([remoteInstance(), localInstance()])));
    expect(screen.getByRole("radio", { name: "This computer" })).toBeChecked();
    await user.click(screen.getByRole("radio", { name: "Harbour Works" }));
    expect(screen.getByRole("radio", { name: "Harbour Works" })).toBeChecked();
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByText("clerk.harbour.example", { ignore: "[hidden] *" })).toBeInTheDocument();
  });

  test("an instance that is removed gives way to this computer", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()]));
    const user = await openApp(app);
    await user.click(screen.getByRole("radio", { name: "Harbour Works" }));
    await outside(() => {
      app.change({ instances: [localInstance()] });
    });
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    expect(screen.getByText("This computer", { ignore: "[hidden] *" })).toBeInTheDocument();
  });
});

describe("adding an account", () => {
  test("goes back to the account on screen", async () => {
    const user = await openApp(desk(snapshot([localInstance([session()])])));
    await user.click(screen.getByRole("button", { name: "Add an account" }));
    expect(screen.getByRole("heading", { level: 1, name: "Add an account" })).toHaveFocus();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Back" }));
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });
});
