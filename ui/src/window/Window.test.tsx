import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import { DEFAULT_PREFERENCES } from "../app/preferences";
import type { SessionView } from "../bridge/SessionView";
import { CODE, desk } from "../testing/desk";
import { cannot, LOCAL, localInstance, refusal, remoteInstance, session, snapshot } from "../testing/fixtures";
import { expectNoAxeFindings, fill, openApp, outside } from "../testing/render";
import type { StandIn } from "../testing/stand-in";

const ADA = session();
const GRACE = session({ first: "Grace", last: "Hopper", email: "grace@example.com" });
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";

function with_(...sessions: SessionView[]): StandIn {
  return desk(snapshot([localInstance(sessions)]));
}

function title(): string | undefined {
  return screen.queryByRole("heading", { level: 1 })?.textContent;
}

describe("the rail", () => {
  test("names every account with its instance, and says which is on screen", async () => {
    await openApp(desk(snapshot([localInstance([ADA, GRACE]), remoteInstance([session({ email: "x@y.example" })])])));
    const rail = within(screen.getByRole("navigation", { name: "Accounts" }));
    expect(rail.getAllByRole("button").map((button) => button.getAttribute("aria-label"))).toEqual([
      "Ada Lovelace, This computer",
      "Grace Hopper, This computer",
      "Ada Lovelace, Harbour Works",
      "Add an account",
    ]);
    expect(rail.getByRole("button", { current: true })).toHaveAccessibleName("Ada Lovelace, This computer");
    await expectNoAxeFindings();
  });

  test("shows another account when its button is pressed", async () => {
    const app = with_(ADA, GRACE);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Grace Hopper, This computer" }));
    expect(title()).toBe("Grace Hopper");
    expect(app.asked("account.set_active")).toEqual([
      { type: "set_active", account: { instance: LOCAL, session: GRACE.id } },
    ]);
    expect(screen.getByRole("button", { current: true, name: /Grace/ })).toHaveFocus();
  });

  test("keeps the account on screen when another one cannot be shown", async () => {
    const app = with_(ADA, GRACE).on("account.set_active", () => {
      throw refusal("session_not_found");
    });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Grace Hopper, This computer" }));
    expect(title()).toBe("Ada Lovelace");
  });

  test("uncovers the account on screen", async () => {
    const app = with_(ADA);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await user.click(screen.getByRole("button", { name: "Ada Lovelace, This computer" }));
    expect(title()).toBe("Ada Lovelace");
    expect(app.asked("account.set_active")).toEqual([]);
  });

  test("says who has to sign in again, and why, and leads there with the address", async () => {
    const user = await openApp(with_(ADA, { ...GRACE, status: "revoked" }));
    await user.click(screen.getByRole("button", { name: "Grace Hopper, This computer, needs to sign in again" }));
    expect(title()).toBe("Sign in again");
    expect(screen.getByText(/^The session was ended by those who run the instance/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(title()).toBe("Sign in");
    expect(screen.getByLabelText("Email address")).toHaveValue("grace@example.com");
  });

  test("leads from one who has to sign in again to another one", async () => {
    const alan = session({ first: "Alan", last: "Turing", email: "alan@example.com" }, { status: "ended" });
    const user = await openApp(with_(ADA, { ...GRACE, status: "ended" }, alan));
    await user.click(screen.getByRole("button", { name: /^Grace Hopper/ }));
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByRole("textbox", { name: "Email address" })).toHaveValue("grace@example.com");
    await user.click(screen.getByRole("button", { name: /^Alan Turing/ }));
    expect(title()).toBe("Sign in again");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByRole("textbox", { name: "Email address" })).toHaveValue("alan@example.com");
  });

  test("says which accounts cannot be reached", async () => {
    await openApp(desk(snapshot([localInstance([ADA], { status: "degraded" })])));
    expect(screen.getByRole("button", { name: "Ada Lovelace, This computer, cannot be reached" })).toBeInTheDocument();
  });

  test("leaves out sessions that were removed, and those without a user", async () => {
    await openApp(with_(ADA, { ...GRACE, status: "removed" }, session({}, { id: "sess_x", user: null })));
    expect(within(screen.getByRole("navigation", { name: "Accounts" })).getAllByRole("listitem")).toHaveLength(1);
  });

  test("leads to the outbox and to the settings, and says where one is", async () => {
    const user = await openApp(with_(ADA));
    await user.click(screen.getByRole("button", { name: "Outbox" }));
    expect(title()).toBe("Outbox");
    expect(screen.getByRole("button", { name: "Outbox" })).toHaveAttribute("aria-current", "page");
    await user.click(screen.getByRole("button", { name: "Settings" }));
    expect(title()).toBe("Settings");
    expect(screen.getByRole("button", { name: "Outbox" })).not.toHaveAttribute("aria-current");
  });
});

describe("the tray", () => {
  const key = ({ id }: SessionView) => ({ instance: LOCAL, session: id });

  test("leads to an account, also from another screen", async () => {
    const app = with_(ADA, GRACE);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await outside(() => app.go({ to: "account", account: key(GRACE) }));
    expect(title()).toBe("Grace Hopper");
  });

  test("leads one who has to sign in again there", async () => {
    const app = with_(ADA, { ...GRACE, status: "ended" });
    await openApp(app);
    await outside(() => app.go({ to: "account", account: key(GRACE) }));
    expect(title()).toBe("Sign in again");
    expect(screen.getByText("grace@example.com")).toBeInTheDocument();
  });

  test("leads to where an account is added, and nowhere when the account has gone", async () => {
    const app = with_(ADA);
    await openApp(app);
    await outside(() => app.go({ to: "account", account: key(GRACE) }));
    expect(title()).toBe("Ada Lovelace");
    await outside(() => app.go({ to: "add" }));
    expect(title()).toBe("Add an account");
  });
});

describe("keys", () => {
  test("Ctrl and comma opens the settings, Escape leaves them", async () => {
    const user = await openApp(with_(ADA));
    await user.keyboard("{Control>},{/Control}");
    expect(title()).toBe("Settings");
    await user.keyboard("{Escape}");
    expect(title()).toBe("Ada Lovelace");
  });

  test("Ctrl and N adds an account", async () => {
    const user = await openApp(with_(ADA));
    await user.keyboard("{Control>}n{/Control}");
    expect(title()).toBe("Add an account");
  });

  test("Ctrl and a digit shows that account of the rail", async () => {
    const user = await openApp(with_(ADA, GRACE));
    await user.keyboard("{Control>}2{/Control}");
    expect(title()).toBe("Grace Hopper");
    await user.keyboard("{Control>}1{/Control}");
    expect(title()).toBe("Ada Lovelace");
  });

  test("a digit without an account does nothing", async () => {
    const app = with_(ADA);
    const user = await openApp(app);
    await user.keyboard("{Control>}7{/Control}");
    expect(title()).toBe("Ada Lovelace");
    expect(app.asked("account.set_active")).toEqual([]);
  });

  test.each([
    ["no key held", ","],
    ["Shift held as well", "{Control>}{Shift>},{/Shift}{/Control}"],
    ["Alt held as well", "{Control>}{Alt>},{/Alt}{/Control}"],
    ["⌘ on a system that uses Ctrl", "{Meta>},{/Meta}"],
  ])("comma with %s does nothing", async (_what, keys) => {
    const user = await openApp(with_(ADA));
    await user.keyboard(keys);
    expect(title()).toBe("Ada Lovelace");
  });

  test("on macOS they are held with ⌘", async () => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(MAC);
    const user = await openApp(with_(ADA));
    expect(screen.getByRole("button", { name: "Settings" })).toHaveAttribute("aria-keyshortcuts", "Meta+,");
    await user.keyboard("{Control>},{/Control}");
    expect(title()).toBe("Ada Lovelace");
    await user.keyboard("{Meta>},{/Meta}");
    expect(title()).toBe("Settings");
  });

  test("a key that is held down works once", async () => {
    await openApp(with_(ADA));
    fireEvent.keyDown(document.body, { key: ",", ctrlKey: true, repeat: true });
    expect(title()).toBe("Ada Lovelace");
  });

  test("Escape on the home screen does nothing", async () => {
    const user = await openApp(with_(ADA));
    await user.keyboard("{Escape}");
    expect(title()).toBe("Ada Lovelace");
  });

  test("typing a comma in a field types a comma", async () => {
    const user = await openApp(desk(), [{ name: "sign-in", instance: LOCAL }]);
    await user.keyboard("a,b");
    expect(title()).toBe("Sign in");
  });
});

describe("the pile of screens", () => {
  test("keeps what was typed in a screen while another covers it, and its focus", async () => {
    const user = await openApp(desk(), [{ name: "sign-up", instance: LOCAL }]);
    await fill(user, "Email address", "grace@example.com");
    await fill(user, "Password", "a compiler for you");
    await user.keyboard("{Control>},{/Control}");
    expect(title()).toBe("Settings");
    await user.keyboard("{Escape}");
    expect(screen.getByLabelText("Email address")).toHaveValue("grace@example.com");
    expect(screen.getByLabelText("Password")).toHaveValue("a compiler for you");
    expect(screen.getByLabelText("Email address")).toHaveFocus();
  });

  test("opens a screen once, however often it is asked for", async () => {
    const user = await openApp(with_(ADA));
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await user.click(screen.getByRole("button", { name: "Outbox" }));
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await user.keyboard("{Escape}");
    expect(title()).toBe("Ada Lovelace");
  });

  test("hides what is covered from screen readers and keys", async () => {
    const user = await openApp(with_(ADA));
    await user.click(screen.getByRole("button", { name: "Settings" }));
    expect(screen.queryByRole("button", { name: "Copy session token" })).toBeNull();
    expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
  });

  test("leads through the whole of a first use: account, code from the outbox, signed in", async () => {
    const user = await openApp(desk());
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    await user.keyboard("grace@example.com");
    await fill(user, "Password", "a compiler for you");
    await user.keyboard("{Enter}");
    await screen.findByLabelText("Verification code");
    await user.keyboard("48");
    await user.click(screen.getByRole("link", { name: "Outbox" }));
    expect(await screen.findByText(CODE)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Back" }));
    const field = screen.getByLabelText("Verification code");
    expect(field).toHaveFocus();
    expect(field).toHaveValue("48");
    await user.paste(CODE);
    expect(await screen.findByRole("heading", { level: 1, name: "grace@example.com" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "grace@example.com, This computer" })).toHaveAttribute(
      "aria-current",
      "true",
    );
  });

  test("an account that goes while another screen covers it is gone when it is uncovered", async () => {
    const app = with_(ADA);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await outside(() => {
      app.change({ instances: [localInstance()], active: null });
    });
    expect(title()).toBe("Settings");
    await user.keyboard("{Escape}");
    expect(title()).toBe("Welcome to Frontdesk");
  });
});

describe("the choice", () => {
  const nobody = () => desk(snapshot([localInstance([ADA, GRACE, { ...LEFT, status: "ended" }])], { active: null }));
  const LEFT = session({ first: "Alan", last: "Turing", email: "alan@example.com" });

  test("is where signing out lands while others are signed in", async () => {
    const app = with_(ADA, GRACE);
    const user = await openApp(app);
    const panel = within(screen.getByRole("region", { name: "Sign out" }));
    await user.click(panel.getByRole("button", { name: "Sign out" }));
    expect(title()).toBe("Choose an account");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: /^Grace Hopper\s*grace@example.com/ }));
    expect(app.asked("account.set_active")).toEqual([
      { type: "set_active", account: { instance: LOCAL, session: GRACE.id } },
    ]);
    expect(title()).toBe("Grace Hopper");
  });

  test("is left out by whoever wants the account that was used last", async () => {
    const used = { ...GRACE, last_active_at: ADA.last_active_at + 1000 };
    const instance = localInstance([ADA, used, { ...LEFT, status: "ended", last_active_at: used.last_active_at + 1 }]);
    const app = desk(snapshot([instance], { active: null }));
    app.on("app.preferences", () => ({ ...DEFAULT_PREFERENCES, after_sign_out: "next" }));
    await openApp(app);
    await waitFor(() => {
      expect(title()).toBe("Grace Hopper");
    });
    expect(app.asked("account.set_active")).toHaveLength(1);
  });

  test("stays where the account that was used last cannot be shown", async () => {
    const app = nobody().on("app.preferences", () => ({ ...DEFAULT_PREFERENCES, after_sign_out: "next" }));
    app.on("account.set_active", () => {
      throw cannot("refused", "account_gone");
    });
    await openApp(app);
    await waitFor(() => {
      expect(app.asked("account.set_active")).toHaveLength(1);
    });
    expect(title()).toBe("Choose an account");
  });

  test("gives way to where an account is added, if that is wanted", async () => {
    const app = nobody().on("app.preferences", () => ({ ...DEFAULT_PREFERENCES, after_sign_out: "welcome" }));
    await openApp(app);
    await waitFor(() => {
      expect(title()).toBe("Add an account");
    });
  });

  test("leads whoever has to sign in again there, with the address", async () => {
    const user = await openApp(nobody());
    await user.click(screen.getByRole("button", { name: /^Alan Turing\s*alan@example.com.*needs to sign in again/ }));
    expect(title()).toBe("Sign in again");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByLabelText("Email address")).toHaveValue("alan@example.com");
  });

  test("leads to another account too", async () => {
    const user = await openApp(nobody());
    const buttons = screen.getAllByRole("button", { name: "Add an account" });
    await user.click(buttons.at(-1) as HTMLElement);
    expect(title()).toBe("Add an account");
  });
});

test("every account begins with a screen tree of its own", async () => {
  const app = with_(ADA, GRACE);
  await openApp(app);
  const before = document.querySelector("main > .screen");
  await outside(() => {
    app.change({ active: { instance: LOCAL, session: GRACE.id } });
  });
  expect(title()).toBe("Grace Hopper");
  const after = document.querySelector("main > .screen");
  expect(before?.isConnected).toBe(false);
  await outside(() => {
    app.change({ instances: [localInstance([ADA, { ...GRACE, updated_at: GRACE.updated_at + 1 }])] });
  });
  expect(document.querySelector("main > .screen")).toBe(after);
});

test("an attempt is left with its screen, and not before", async () => {
  const app = with_(ADA);
  const user = await openApp(app, [{ name: "sign-in", instance: LOCAL }]);
  await user.keyboard("{Control>},{/Control}");
  expect(title()).toBe("Settings");
  expect(app.asked("instance.leave_attempt")).toEqual([]);
  await user.keyboard("{Escape}{Escape}");
  expect(title()).toBe("Ada Lovelace");
  expect(app.asked("instance.leave_attempt")).toEqual([{ type: "leave_attempt", instance: LOCAL }]);
});

describe("the theme", () => {
  test("is the one that was kept, on the whole document", async () => {
    await openApp(with_(ADA).on("app.preferences", () => ({ theme: "light" })));
    expect(document.documentElement).toHaveAttribute("data-theme", "light");
  });

  test("is the system's when the preferences cannot be read, and the window works all the same", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await openApp(
      with_(ADA).on("app.preferences", () => {
        throw new Error("No file.");
      }),
    );
    expect(document.documentElement).toHaveAttribute("data-theme", "system");
    expect(title()).toBe("Ada Lovelace");
    expect(said).toHaveBeenCalledWith("The preferences could not be read.", expect.any(Error));
  });
});

test("everything can be reached with Tab, in reading order", async () => {
  const user = await openApp(desk(), [{ name: "sign-in", instance: LOCAL }]);
  const reached: (string | null)[] = [];
  (document.activeElement as HTMLElement).blur();
  for (let step = 0; step < 7; step += 1) {
    await user.tab();
    const at = document.activeElement as HTMLElement;
    reached.push(at.getAttribute("aria-label") ?? at.getAttribute("name") ?? at.textContent);
  }
  expect(reached).toEqual(["Add an account", "Outbox", "Settings", "Back", "email", "Continue", "Create an account"]);
});
