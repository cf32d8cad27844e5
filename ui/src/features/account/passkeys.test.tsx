import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { AuthenticatorView } from "../../bridge/AuthenticatorView";
import type { InstancePasskeys } from "../../bridge/InstancePasskeys";
import type { Passkey } from "../../bridge/Passkey";
import { desk } from "../../testing/desk";
import { cannot, ceremony, LOCAL, localInstance, NOW, passkey, refusal, reverification, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const KEY = { instance: LOCAL, session: session().id };
const PIER = passkey({ id: "idn_k1", name: "Pier", created_at: NOW, last_used_at: NOW + 86_400_000 });
const READY: AuthenticatorView[] = [
  { kind: "this_device", unready: null },
  { kind: "security_key", unready: { type: "no_answer" } },
];

/** Ada with these passkeys. */
function ada(passkeys: Passkey[] = [PIER], at: Partial<InstancePasskeys> = {}): StandIn {
  const here = session();
  const user = here.user && { ...here.user, passkeys };
  const there = { obstacle: null, sign_in_button: true, here: [], made_with: [], ...at };
  return desk(snapshot([localInstance([{ ...here, user }], { passkeys: there })]));
}

const open = (app: StandIn) => openApp(app, [{ name: "manage", instance: LOCAL }]);
const panel = () => within(screen.getByRole("region", { name: "Passkeys" }));
const add = () => panel().getByRole("button", { name: "Add a passkey" });
const chooser = () => within(screen.getByRole("dialog", { name: "Where shall the passkey be kept?" }));

describe("the list", () => {
  test("says what each is called, when it was added and used, and whether it is here", async () => {
    await open(ada([PIER, passkey({ id: "idn_k2", name: "Ring", created_at: NOW })], { here: ["idn_k1"] }));
    const [pier, ring] = panel().getAllByRole("listitem");
    expect(pier).toHaveTextContent(/^PierOn this deviceAdded January 1, 2026 · Last used January 2, 2026/);
    expect(ring).toHaveTextContent(/^RingAdded January 1, 2026 · Not used yet/);
    expect(panel().getByText(/An account can have up to 10\./)).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("says with what each was made, where this app has made it", async () => {
    const names = ["Pier", "Ring", "Desk", "Phone"];
    const all = names.map((name, place) => passkey({ id: `idn_k${place + 1}`, name }));
    const made_with = (["this_device", "security_key", "windows"] as const).map((authenticator, place) => ({
      passkey: `idn_k${place + 1}`,
      authenticator,
    }));
    await open(ada(all, { made_with }));
    const badges = panel()
      .getAllByRole("listitem")
      .map((row) => row.querySelector(".badge")?.textContent ?? null);
    // The key of the first one is not on this device any more.
    expect(badges).toEqual([null, "Security key", "Windows Hello", null]);
    await expectNoAxeFindings();
  });

  test("says that there are none yet", async () => {
    await open(ada([]));
    expect(panel().getByText("You have none yet.")).toBeInTheDocument();
  });

  test("says at ten that there can be no more", async () => {
    await open(ada(Array.from({ length: 10 }, (_, place) => passkey({ id: `idn_k${place}` }))));
    expect(panel().getByText(/this one has them all\. Delete one/)).toBeInTheDocument();
    expect(panel().queryByRole("button", { name: "Add a passkey" })).toBeNull();
  });

  test.each([
    ["insecure", /not reached over https/],
    ["no_name", /has an address and no name/],
    ["public_suffix", /Anybody may have a name beside/],
  ] as const)("says why there can be none where the obstacle is %s", async (obstacle, why) => {
    await open(ada([], { obstacle }));
    expect(panel().getByText(why)).toBeInTheDocument();
    expect(panel().queryByRole("button", { name: "Add a passkey" })).toBeNull();
  });

  test.each(["off", "unknown"] as const)("is there where the obstacle is %s only for who has some", async (obstacle) => {
    const app = ada([], { obstacle });
    await open(app);
    expect(screen.queryByRole("region", { name: "Passkeys" })).toBeNull();
    const { instances } = ada([PIER], { obstacle }).snapshot;
    await outside(() => app.change({ instances }));
    expect(panel().getByRole("button", { name: "Delete Pier" })).toBeInTheDocument();
  });
});

describe("adding one", () => {
  test("takes the one place there is without asking, once", async () => {
    const app = ada([]);
    const user = await open(app);
    await user.dblClick(add());
    expect(await panel().findByText("The passkey Passkey was added.")).toBeInTheDocument();
    expect(app.asked("account.create_passkey")).toEqual([
      { type: "create_passkey", account: KEY, authenticator: "this_device" },
    ]);
    expect(panel().getAllByRole("listitem")).toHaveLength(1);
  });

  test("asks where several places can be used, and begins with one of them", async () => {
    const app = ada([]).on("app.authenticators", () => READY);
    const user = await open(app);
    await user.click(add());
    expect(chooser().getByRole("button", { name: "This device" })).toHaveFocus();
    await expectNoAxeFindings();
    await user.click(chooser().getByRole("button", { name: "Security key" }));
    expect(await panel().findByText(/was added\.$/)).toBeInTheDocument();
    expect(app.asked("account.create_passkey").map(({ authenticator }) => authenticator)).toEqual(["security_key"]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("is left at the choice with nothing done", async () => {
    const app = ada([]).on("app.authenticators", () => READY);
    const user = await open(app);
    await user.click(add());
    await user.click(chooser().getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(app.asked("account.create_passkey")).toEqual([]);
    // It can be begun again.
    await user.click(add());
    expect(chooser().getByRole("button", { name: "This device" })).toBeInTheDocument();
  });

  test("says why a place cannot be used, and asks again once the keychain has changed its mind", async () => {
    const app = ada([]).on("app.authenticators", () => [
      { kind: "this_device", unready: { type: "locked", detail: "prompt dismissed" } },
      { kind: "security_key", unready: { type: "failed", detail: "permission denied" } },
    ]);
    const user = await open(app);
    await user.click(add());
    const here = chooser().getByRole("button", { name: "This device" });
    expect(here).toBeDisabled();
    expect(here).toHaveAccessibleDescription(/^The keychain is locked\..*\(prompt dismissed\)$/);
    expect(chooser().getByText("None of these can be used now.")).toBeInTheDocument();
    app.on("app.authenticators", () => READY);
    await outside(() => app.change({ vault: { ...app.snapshot.vault, state: "waiting" } }));
    await waitFor(() => expect(here).toBeEnabled());
    expect(chooser().queryByText("None of these can be used now.")).toBeNull();
  });

  test.each([
    [{ type: "no_bluetooth", detail: "no adapter was found" }, /this computer does not have\. \(no adapter was found\)$/],
    [{ type: "bluetooth_off" }, /turned off\. Turn it on to use a phone\.$/],
  ] as const)("says why a phone cannot be used: %j", async (unready, why) => {
    const app = ada([]).on("app.authenticators", () => [...READY, { kind: "phone", unready }]);
    const user = await open(app);
    await user.click(add());
    const phone = chooser().getByRole("button", { name: "Phone" });
    expect(phone).toBeDisabled();
    expect(phone).toHaveAccessibleDescription(why);
    app.on("app.authenticators", () => [...READY, { kind: "phone", unready: null }]);
    await outside(() => app.change({ vault: { ...app.snapshot.vault, state: "waiting" } }));
    await waitFor(() => expect(phone).toBeEnabled());
    expect(phone).toHaveAccessibleDescription("A phone that scans a code. Experimental.");
    await user.click(phone);
    expect(app.asked("account.create_passkey")).toMatchObject([{ authenticator: "phone" }]);
  });

  test("lets the person wait for this device, and does not turn to a security key by itself", async () => {
    stopClock(NOW);
    const app = ada([]).on("app.authenticators", () => [
      { kind: "this_device", unready: { type: "pin_wait", until: NOW + 30_000 } },
      { kind: "security_key", unready: null },
    ]);
    await open(app);
    await outside(() => add().click());
    await pass(1000);
    expect(chooser().getByRole("button", { name: "This device" })).toBeDisabled();
    expect(chooser().getByRole("button", { name: "Security key" })).toBeEnabled();
    expect(app.asked("account.create_passkey")).toEqual([]);
  });

  test("counts a wait down, and asks again when it is over", async () => {
    const until = NOW + 30_000;
    stopClock(NOW);
    const app = ada([]).on("app.authenticators", () => [{ kind: "this_device", unready: { type: "pin_wait", until } }]);
    await open(app);
    await outside(() => add().click());
    await pass(1000);
    expect(chooser().getByText("You can try again in 29 s.", { exact: false })).toBeInTheDocument();
    app.on("app.authenticators", () => [{ kind: "this_device", unready: null }]);
    await pass(30_000);
    expect(app.asked("app.authenticators")).toHaveLength(2);
    expect(chooser().getByRole("button", { name: "This device" })).toBeEnabled();
  });

  test("that was cancelled says nothing", async () => {
    const answer = held();
    const app = ada([]).on("account.create_passkey", () => answer.promise);
    const user = await open(app);
    await user.click(add());
    await outside(() => app.hold(ceremony({ type: "touch" }, { purpose: { type: "create", account: KEY } })));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Cancel" }));
    await outside(() => answer.refuse(cannot("refused", "passkey_cancelled")));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(panel().queryByRole("alert")).toBeNull();
    // It can be begun again.
    await user.click(add());
    expect(app.asked("account.create_passkey")).toHaveLength(2);
  });

  test("that nobody waits for any more has no ceremony come up", async () => {
    stopClock(NOW);
    const app = ada([]).on("account.create_passkey", () => held().promise);
    await open(app);
    await outside(() => add().click());
    await pass(3000);
    await outside(() => panel().getByRole("button", { name: "Cancel" }).click());
    await outside(() => app.hold(ceremony({ type: "touch" }, { purpose: { type: "create", account: KEY } })));
    expect(app.asked("app.cancel_passkey")).toEqual([{ type: "cancel_passkey", ceremony: "ceremony_1" }]);
  });

  test.each([
    ["of the app", cannot("refused", "passkey_full"), /^There is no room for another passkey/],
    ["of the instance", refusal("passkey_registration_failure"), /did not take the new passkey/],
  ])("says a failure %s", async (_whose, error, said) => {
    const app = ada([]).on("account.create_passkey", () => {
      throw error;
    });
    const user = await open(app);
    await user.click(add());
    expect(await panel().findByText(said)).toBeInTheDocument();
  });

  test("asks for a fresh proof, and goes on after it", async () => {
    const wants = refusal("session_reverification_required", null, { status: 403 });
    const app = ada([])
      .on("account.create_passkey", () => {
        throw wants;
      })
      .on("session.start_verification", () => reverification())
      .on("session.attempt_first_factor_verification", () => {
        app.on("account.create_passkey", () => PIER);
        return reverification({ status: "complete" });
      });
    const user = await open(app);
    await user.click(add());
    const proof = within(await screen.findByRole("dialog", { name: "Confirm that it is you" }));
    await user.type(await proof.findByLabelText("Password"), "correct horse{Enter}");
    expect(await panel().findByText("The passkey Pier was added.")).toBeInTheDocument();
    expect(app.asked("account.create_passkey")).toHaveLength(2);
  });
});

describe("another name", () => {
  test("is typed in its place, with the focus back where it came from", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Rename Pier" }));
    expect(panel().getByLabelText("Name of the passkey")).toHaveFocus();
    await expectNoAxeFindings();
    await fill(user, "Name of the passkey", " Ring ");
    await user.keyboard("{Enter}");
    expect(await panel().findByText("The passkey is called Ring now.")).toBeInTheDocument();
    expect(app.asked("account.update_passkey")).toEqual([
      { type: "update_passkey", account: KEY, passkey_id: "idn_k1", name: "Ring" },
    ]);
    expect(panel().getByRole("button", { name: "Rename Ring" })).toHaveFocus();
  });

  test("of nothing is not sent, nor the one it has, and Escape leaves it", async () => {
    const app = ada();
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Rename Pier" }));
    await user.clear(panel().getByLabelText("Name of the passkey"));
    await user.keyboard("{Enter}");
    expect(noteOf("Name of the passkey")).toBe("Enter a name by which you know the passkey.");
    await user.keyboard("{Escape}");
    expect(panel().getByRole("button", { name: "Rename Pier" })).toHaveFocus();
    await user.keyboard("{Enter}");
    await user.keyboard("{Enter}");
    expect(panel().getByRole("button", { name: "Rename Pier" })).toHaveFocus();
    expect(app.asked("account.update_passkey")).toEqual([]);
  });

  test("that is refused is said beside its field", async () => {
    const app = ada().on("account.update_passkey", () => {
      throw refusal("form_param_max_length_exceeded", "name");
    });
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Rename Pier" }));
    await fill(user, "Name of the passkey", "Ring");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(noteOf("Name of the passkey")).toBe("This is too long. Shorten it."));
  });
});

describe("deleting one", () => {
  test("is left to the system's question, once", async () => {
    const app = ada();
    const user = await open(app);
    await user.dblClick(panel().getByRole("button", { name: "Delete Pier" }));
    expect(await panel().findByText("The passkey Pier was deleted.")).toBeInTheDocument();
    expect(app.asked("account.delete_passkey")).toEqual([
      { type: "delete_passkey", account: KEY, passkey_id: "idn_k1" },
    ]);
    expect(panel().getByText("You have none yet.")).toBeInTheDocument();
  });

  test.each([
    ["the first", "Pier", "Rename Ring"],
    ["one in the middle", "Ring", "Rename Boat"],
    ["the last", "Boat", "Rename Ring"],
  ])("%s leaves the focus with its neighbour", async (_which, name, next) => {
    const others = ["Ring", "Boat"].map((other, place) => passkey({ id: `idn_k${place + 2}`, name: other }));
    const user = await open(ada([PIER, ...others]));
    await user.click(panel().getByRole("button", { name: `Delete ${name}` }));
    await panel().findByText(`The passkey ${name} was deleted.`);
    await waitFor(() => expect(panel().getByRole("button", { name: next })).toHaveFocus());
  });

  test("of which there was one leaves the focus on what adds another", async () => {
    const user = await open(ada());
    await user.click(panel().getByRole("button", { name: "Delete Pier" }));
    await waitFor(() => expect(add()).toHaveFocus());
  });

  test("leaves the focus on what is said where none can be added", async () => {
    const user = await open(ada([PIER], { obstacle: "insecure" }));
    await user.click(panel().getByRole("button", { name: "Delete Pier" }));
    await waitFor(() => expect(panel().getByText(/not reached over https/)).toHaveFocus());
  });

  test("of which none can be made any more leaves the focus on what is said of that", async () => {
    const user = await open(ada([PIER], { obstacle: "off" }));
    await user.click(panel().getByRole("button", { name: "Delete Pier" }));
    await waitFor(() => expect(panel().getByText("This instance no longer takes passkeys.")).toHaveFocus());
    expect(panel().getByText("The passkey Pier was deleted.")).toBeInTheDocument();
    expect(panel().queryByRole("listitem")).toBeNull();
    await expectNoAxeFindings();
  });

  test("takes no focus from where it has gone meanwhile", async () => {
    const answer = held();
    const app = ada();
    const { instances } = ada([]).snapshot;
    app.on("account.delete_passkey", () => answer.promise);
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Delete Pier" }));
    const elsewhere = screen.getByRole("button", { name: "Back" });
    elsewhere.focus();
    await outside(() => {
      app.change({ instances });
      answer.answer(null);
    });
    await panel().findByText("The passkey Pier was deleted.");
    expect(elsewhere).toHaveFocus();
  });

  test("that was not confirmed leaves it", async () => {
    const app = ada().on("account.delete_passkey", () => {
      throw cannot("refused", "not_confirmed");
    });
    const user = await open(app);
    await user.click(panel().getByRole("button", { name: "Delete Pier" }));
    expect(await panel().findByText(/^This was not confirmed/)).toBeInTheDocument();
    expect(panel().getByRole("button", { name: "Delete Pier" })).toBeInTheDocument();
  });
});
