import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { VaultView } from "../../bridge/VaultView";
import { desk } from "../../testing/desk";
import { cannot, localInstance, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const LONG = "copper lantern willow";
const KEYCHAIN: VaultView = { keeper: "keychain", state: "ready", store: "Secret Service", detail: null };

function sealed(state: VaultView["state"]): VaultView {
  return { keeper: "passphrase", state, store: "Passphrase vault", detail: null };
}

function app(vault: VaultView): StandIn {
  return desk(snapshot([localInstance([session()])], { vault }));
}

describe("a vault that is locked", () => {
  test("lets nothing else be seen or done", async () => {
    const user = await openApp(app(sealed("locked")), [{ name: "settings" }]);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Unlock Frontdesk");
    expect(screen.queryByText("ada@example.com")).toBeNull();
    expect(screen.queryByRole("navigation")).toBeNull();
    expect(screen.getByLabelText("Passphrase")).toHaveFocus();
    await user.keyboard("{Control>},{/Control}");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Unlock Frontdesk");
    expect(screen.getByText(/cannot be recovered/)).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("opens with its passphrase, which the page does not keep", async () => {
    const at = app(sealed("locked"));
    at.on("app.unlock_vault", () => {
      at.change({ vault: sealed("ready") });
      return null;
    });
    const user = await openApp(at);
    await user.type(screen.getByLabelText("Passphrase"), `${LONG}{Enter}`);
    expect(at.asked("app.unlock_vault")).toEqual([{ type: "unlock_vault", passphrase: LONG }]);
    expect(await screen.findByRole("navigation", { name: "Accounts" })).toBeInTheDocument();
    expect(document.body.innerHTML).not.toContain(LONG);
  });

  test.each([
    ["passphrase_wrong", null, "This is not the passphrase of your vault."],
    ["passphrase_too_soon", "8", "Wait 8 seconds"],
    // Not of the keychain, which has no part in this.
    ["vault_broken", "vault.sealed", "Your vault is damaged; it was left as it is."],
  ] as const)("says that it stays locked: %s", async (reason, detail, sentence) => {
    const at = app(sealed("locked")).on("app.unlock_vault", () => {
      throw cannot("refused", reason, detail);
    });
    const user = await openApp(at);
    await user.type(screen.getByLabelText("Passphrase"), `${LONG}{Enter}`);
    const field = screen.getByLabelText("Passphrase");
    expect(field).toHaveAccessibleDescription(expect.stringContaining(sentence) as string);
    expect(field).toHaveFocus();
    expect(field).toHaveValue("");
  });

  test("asks for a passphrase before it asks the app", async () => {
    const at = app(sealed("locked"));
    const user = await openApp(at);
    await user.click(screen.getByRole("button", { name: "Unlock" }));
    expect(screen.getByLabelText("Passphrase")).toHaveAccessibleDescription(/Enter the passphrase/);
    expect(at.asked("app.unlock_vault")).toEqual([]);
  });
});

describe("choosing a passphrase", () => {
  async function choose(at: StandIn, next: string, again: string) {
    const user = await openApp(at, [{ name: "settings" }]);
    await user.click(screen.getByRole("button", { name: "Use a passphrase" }));
    await user.type(screen.getByLabelText("New passphrase"), next);
    await user.type(screen.getByLabelText("New passphrase, once more"), again);
    await user.click(screen.getByRole("button", { name: "Use a passphrase" }));
  }

  test("says first that nobody can recover it, then moves and goes back", async () => {
    const at = app(KEYCHAIN);
    at.on("app.move_to_passphrase", () => {
      at.change({ vault: sealed("ready") });
      return null;
    });
    await choose(at, LONG, LONG);
    expect(at.asked("app.move_to_passphrase")).toEqual([{ type: "move_to_passphrase", passphrase: LONG }]);
    expect(await screen.findByText("Your passphrase vault works")).toBeInTheDocument();
    expect(document.body.innerHTML).not.toContain(LONG);
  });

  test("takes no short one, and none that was typed otherwise the second time", async () => {
    const at = app(KEYCHAIN);
    await choose(at, "elevenchars", "elevenchars");
    expect(screen.getByText("Nobody can recover it")).toBeInTheDocument();
    expect(screen.getByLabelText("New passphrase")).toHaveAccessibleDescription(/at least 12 characters/);
    expect(at.asked("app.move_to_passphrase")).toEqual([]);
  });

  test("takes none that was typed otherwise the second time", async () => {
    const at = app(KEYCHAIN);
    await choose(at, LONG, `${LONG}s`);
    expect(screen.getByLabelText("New passphrase, once more")).toHaveAccessibleDescription(/not the same/);
    expect(at.asked("app.move_to_passphrase")).toEqual([]);
  });

  test("that the app refuses is said, and what was typed stays", async () => {
    const at = app(KEYCHAIN).on("app.move_to_passphrase", () => {
      throw cannot("vault", "vault_denied", "a rule");
    });
    await choose(at, LONG, LONG);
    expect(await screen.findByRole("alert")).toHaveTextContent(/refused to Frontdesk.*a rule/);
    expect(screen.getByLabelText("New passphrase")).toHaveValue(LONG);
  });

  test("is offered where there is no keychain", async () => {
    const user = await openApp(app({ ...KEYCHAIN, state: "absent" }));
    await user.click(screen.getByRole("button", { name: "Stay signed in with a passphrase" }));
    expect(screen.getByRole("heading", { name: "Choose a passphrase" })).toBeInTheDocument();
    await expectNoAxeFindings();
  });
});

describe("a vault that is open", () => {
  test("can be locked, and moved into the keychain", async () => {
    const at = app(sealed("ready"));
    const user = await openApp(at, [{ name: "settings" }]);
    const panel = within(screen.getByRole("region", { name: "Keychain" }));
    await user.click(panel.getByRole("button", { name: "Move to the keychain" }));
    await user.click(panel.getByRole("button", { name: "Lock now" }));
    expect(at.asked("app.move_to_keychain")).toHaveLength(1);
    expect(at.asked("app.lock_vault")).toHaveLength(1);
  });

  test("says why it could not be moved", async () => {
    const at = app(sealed("ready")).on("app.move_to_keychain", () => {
      throw cannot("vault", "vault_absent", "no service");
    });
    const user = await openApp(at, [{ name: "settings" }]);
    await user.click(screen.getByRole("button", { name: "Move to the keychain" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/no keychain that Frontdesk can use.*no service/);
  });

  test("gets another passphrase from whoever knows the one so far", async () => {
    const at = app(sealed("ready"));
    const user = await openApp(at, [{ name: "settings" }]);
    await user.click(screen.getByRole("button", { name: "Change passphrase" }));
    await user.type(screen.getByLabelText("Passphrase so far"), "copper lantern");
    await user.type(screen.getByLabelText("New passphrase"), LONG);
    await user.type(screen.getByLabelText("New passphrase, once more"), LONG);
    await user.click(screen.getByRole("button", { name: "Change passphrase" }));
    expect(at.asked("app.change_passphrase")).toEqual([
      { type: "change_passphrase", passphrase: "copper lantern", new_passphrase: LONG },
    ]);
  });
});
