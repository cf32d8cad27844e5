import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { desk } from "../../testing/desk";
import { cannot, ceremony, localInstance, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, noteOf, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

function shut(): StandIn {
  return desk(snapshot([], { lock: "shut" }));
}

function open(lock: "off" | "open"): StandIn {
  return desk(snapshot([localInstance([session()])], { lock }));
}

describe("a lock that is shut", () => {
  test("lets nothing be seen or done, and asks at once for the PIN", async () => {
    const app = shut().on("app.unlock", () => held().promise);
    const user = await openApp(app, [{ name: "settings" }]);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Frontdesk is locked");
    expect(screen.queryByRole("navigation")).toBeNull();
    await user.keyboard("{Control>},{/Control}");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Frontdesk is locked");
    expect(app.asked("app.unlock")).toHaveLength(1);
    await outside(() => app.hold(ceremony({ type: "pin", question: 1, again: null }, { purpose: { type: "unlock" }, host: null })));
    expect(screen.getByRole("dialog", { name: "Unlock Frontdesk" })).toBeInTheDocument();
    expect(within(screen.getByRole("dialog")).getByRole("status")).toHaveTextContent("Enter your PIN.");
    await expectNoAxeFindings();
  });

  test("says that the system asks, where it does", async () => {
    const app = desk(snapshot([], { lock: "shut", passkeys: { pin_chosen: false, gesture: "touch_id", keys: [], ceremony: null } }));
    app.on("app.unlock", () => held().promise);
    await openApp(app);
    expect(screen.getByRole("button", { name: "Sign out of everything" })).toBeInTheDocument();
    expect(screen.queryByText(/PIN/)).toBeNull();
    await outside(() => app.hold(ceremony({ type: "system", gesture: "touch_id" }, { purpose: { type: "unlock" }, host: null })));
    const dialog = within(screen.getByRole("dialog", { name: "Unlock Frontdesk" }));
    expect(dialog.getByRole("status")).toHaveTextContent("Confirm with Touch ID, or with the password of this Mac.");
    expect(dialog.getByRole("button", { name: "Cancel" })).toHaveFocus();
    expect(dialog.queryByLabelText("PIN")).toBeNull();
    await expectNoAxeFindings();
  });

  test("says what comes after the last wrong PIN", async () => {
    const app = shut().on("app.unlock", () => held().promise);
    await openApp(app);
    const again = { type: "wrong", tries_left: 3 } as const;
    await outside(() => app.hold(ceremony({ type: "pin", question: 2, again }, { purpose: { type: "unlock" }, host: null })));
    expect(noteOf("PIN")).toBe(
      "This PIN is not right. You have 3 more tries. After that, every account is signed out here and the passkeys and saved passwords of this device are removed.",
    );
  });

  test("says why it stays shut, and can be tried again", async () => {
    const app = shut().on("app.unlock", () => {
      throw cannot("refused", "passkey_pin_wait", "30");
    });
    const user = await openApp(app);
    expect(await screen.findByText(/Wait 30 seconds/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Unlock" }));
    expect(app.asked("app.unlock")).toHaveLength(2);
    await expectNoAxeFindings();
  });

  test("that is lost with the last wrong PIN says so", async () => {
    const app = shut();
    app.on("app.unlock", () => {
      app.change({ lock: "off", instances: [localInstance()] });
      throw cannot("refused", "passkey_wiped");
    });
    const user = await openApp(app);
    const dialog = await screen.findByRole("dialog", { name: "Everybody was signed out here" });
    expect(dialog).toHaveTextContent("The PIN was wrong eight times");
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("is left by who has forgotten the PIN, if the system's question is confirmed", async () => {
    const app = shut()
      .on("app.unlock", () => {
        throw cannot("refused", "passkey_cancelled");
      })
      .on("app.leave_locked", () => {
        throw cannot("refused", "not_confirmed");
      });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Forgot the PIN: sign out of everything" }));
    expect(await screen.findByText(/^This was not confirmed/)).toBeInTheDocument();
    expect(app.asked("app.leave_locked")).toHaveLength(1);
  });
});

describe("the settings of the lock", () => {
  const panel = () => within(screen.getByRole("region", { name: "Lock" }));

  test("turn it on once, by the dialog that the app asks for", async () => {
    const app = open("off").on("app.turn_lock_on", () => held().promise);
    const user = await openApp(app, [{ name: "settings" }]);
    expect(panel().queryByRole("button", { name: "Lock now" })).toBeNull();
    await user.dblClick(panel().getByRole("checkbox", { name: "Ask for a PIN before anything is shown" }));
    expect(app.asked("app.turn_lock_on")).toHaveLength(1);
    await outside(() =>
      app.hold(ceremony({ type: "choose_pin", question: 1, flaw: null }, { purpose: { type: "turn_lock_on" }, host: null })),
    );
    const dialog = within(screen.getByRole("dialog", { name: "Turn the lock on" }));
    expect(dialog.getByRole("status")).toHaveTextContent("Choose a PIN for Frontdesk.");
    expect(dialog.getByText(/^You are asked for it whenever you unlock/)).toBeInTheDocument();
  });

  test("turn it off, say when it shuts, and shut it", async () => {
    const app = open("open").on("app.turn_lock_off", () => null);
    const user = await openApp(app, [{ name: "settings" }]);
    await user.click(panel().getByRole("radio", { name: "15 minutes" }));
    expect(app.asked("app.set_preferences").at(-1)).toMatchObject({ preferences: { lock_after: 15 } });
    await user.click(panel().getByRole("checkbox", { name: "Ask for a PIN before anything is shown" }));
    expect(app.asked("app.turn_lock_off")).toHaveLength(1);
    await expectNoAxeFindings();
    await user.click(panel().getByRole("button", { name: "Lock now" }));
    expect(app.asked("app.lock")).toHaveLength(1);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Frontdesk is locked");
  });

  test("Ctrl and L shuts it from everywhere", async () => {
    const app = open("open");
    const user = await openApp(app);
    await user.keyboard("{Control>}l{/Control}");
    expect(app.asked("app.lock")).toHaveLength(1);
  });
});
