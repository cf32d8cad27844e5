import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { CeremonyPrompt } from "../../bridge/CeremonyPrompt";
import type { CeremonyView } from "../../bridge/CeremonyView";
import { desk } from "../../testing/desk";
import { cannot, ceremony, LOCAL, localInstance, NOW, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const PIN: CeremonyPrompt = { type: "pin", question: 1, again: null };
const CHANGE: Partial<CeremonyView> = { purpose: { type: "change_pin" }, host: null };
const PHONE: Partial<CeremonyView> = { authenticator: "phone" };
const CODE = `FIDO:/${"0813749562".repeat(17)}`;

let app: StandIn;
beforeEach(() => {
  app = desk(snapshot([localInstance([session()])]));
});

async function open(prompt: CeremonyPrompt, over: Partial<CeremonyView> = {}) {
  const user = await openApp(app);
  await outside(() => app.hold(ceremony(prompt, over)));
  return user;
}
const dialog = () => within(screen.getByRole("dialog"));
const asked = () => dialog().getByRole("status").textContent;
const answers = () => app.asked("app.answer_passkey_pin");

describe("what is asked of the person", () => {
  test.each<[CeremonyPrompt, Partial<CeremonyView>, string]>([
    [PIN, {}, "Enter the PIN of the passkeys of this device."],
    [PIN, { authenticator: "security_key" }, "Enter the PIN of the security key."],
    [{ type: "choose_pin", question: 1, flaw: null }, {}, "Choose a PIN for the passkeys of this device."],
    [{ type: "choose_pin", question: 1, flaw: null }, CHANGE, "Choose the new PIN."],
    [{ type: "plug_in" }, {}, "Plug your security key in."],
    [{ type: "touch_one" }, {}, "Several security keys are plugged in. Touch the one that you want to use."],
    [{ type: "touch" }, {}, "Touch your security key."],
    [{ type: "scan", code: CODE }, PHONE, "Scan this code with the camera of your phone."],
    [{ type: "connecting" }, PHONE, "Your phone has read the code. Connecting to it."],
    [{ type: "on_phone" }, PHONE, "Continue on your phone."],
    [{ type: "choose_account", question: 1, accounts: [] }, {}, "Choose the account to sign in to."],
  ])("%j is said, and axe finds nothing", async (prompt, over, said) => {
    await open(prompt, over);
    expect(asked()).toBe(said);
    await expectNoAxeFindings();
  });

  test.each<[CeremonyView["purpose"], string, string]>([
    [{ type: "sign_in", instance: LOCAL }, "Sign in with a passkey", "Try another way"],
    [{ type: "create", account: { instance: LOCAL, session: "sess_1" } }, "Add a passkey", "Cancel"],
    [{ type: "change_pin" }, "Change the PIN", "Cancel"],
  ])("%j has a name and a way out", async (purpose, name, out) => {
    await open(PIN, { purpose });
    expect(screen.getByRole("dialog", { name })).toBeInTheDocument();
    expect(dialog().getByRole("button", { name: out })).toBeInTheDocument();
  });

  test("the site that asks is named, where there is one", async () => {
    await open(PIN, { host: "clerk.harbour.example" });
    expect(dialog().getByText("For clerk.harbour.example")).toBeInTheDocument();
    await outside(() => app.hold(ceremony(PIN, CHANGE)));
    expect(dialog().queryByText(/^For /)).toBeNull();
  });

  test("what only works is shown after a moment, and not at all where it is over by then", async () => {
    stopClock(NOW);
    await openApp(app);
    await outside(() => app.hold(ceremony({ type: "working" })));
    await pass(100);
    expect(screen.queryByRole("dialog")).toBeNull();
    await outside(() => app.hold(null));
    await pass(1000);
    expect(screen.queryByRole("dialog")).toBeNull();
    await outside(() => app.hold(ceremony({ type: "working" }, { id: "ceremony_2", authenticator: "windows" })));
    await pass(200);
    expect(asked()).toBe("Windows asks you in a window of its own.");
  });

  test("a new prompt is said in the same place, and what has no field has the focus on the way out", async () => {
    await open({ type: "plug_in" });
    const place = dialog().getByRole("status");
    await outside(() => app.hold(ceremony({ type: "touch" })));
    expect(dialog().getByRole("status")).toBe(place);
    expect(place).toHaveTextContent("Touch your security key.");
    expect(dialog().getByRole("button", { name: "Try another way" })).toHaveFocus();
    await outside(() => app.hold(ceremony(PIN)));
    expect(dialog().getByLabelText("PIN")).toHaveFocus();
  });

  test("it goes away when all is done, with the focus where it came from", async () => {
    const user = await openApp(app);
    const before = screen.getByRole("button", { name: "Settings" });
    before.focus();
    await outside(() => app.hold(ceremony(PIN)));
    await user.type(dialog().getByLabelText("PIN"), "1");
    await outside(() => app.hold(null));
    expect(screen.queryByRole("dialog")).toBeNull();
    await waitFor(() => expect(before).toHaveFocus());
    expect(app.asked("app.cancel_passkey")).toEqual([]);
  });
});

describe("a phone", () => {
  test("scans a code that is drawn here, is told what it needs, and the code goes as soon as it was read", async () => {
    const user = await open({ type: "scan", code: CODE }, PHONE);
    const picture = dialog().getByRole("img", { name: "Code for the camera of your phone" });
    // Capital letters and digits fit into a code of 45 by 45, with room around it.
    expect(picture).toHaveAttribute("viewBox", "0 0 53 53");
    expect(dialog().getByText(/^Bluetooth has to be on, on the phone and on this computer/)).toBeInTheDocument();
    expect(screen.getByRole("dialog")).not.toHaveTextContent("FIDO");
    await outside(() => app.hold(ceremony({ type: "connecting" }, PHONE)));
    expect(dialog().queryByRole("img")).toBeNull();
    await outside(() => app.hold(ceremony({ type: "on_phone" }, PHONE)));
    expect(asked()).toBe("Continue on your phone.");
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 600);
    await user.click(dialog().getByRole("button", { name: "Try another way" }));
    clock.mockRestore();
    expect(app.asked("app.cancel_passkey")).toHaveLength(1);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("that scans another code draws another one", async () => {
    await open({ type: "scan", code: CODE }, PHONE);
    const drawn = () => dialog().getByRole("img").innerHTML;
    const first = drawn();
    await outside(() => app.hold(ceremony({ type: "scan", code: `${CODE}7` }, { ...PHONE, id: "ceremony_2" })));
    expect(drawn()).not.toBe(first);
  });
});

describe("a PIN", () => {
  test("is sent with its question, and forgotten; a second press changes nothing", async () => {
    const user = await open({ ...PIN, question: 7 });
    const field = dialog().getByLabelText("PIN");
    expect(field).toHaveAttribute("type", "password");
    await user.keyboard("135790");
    await user.dblClick(dialog().getByRole("button", { name: "Continue" }));
    await user.keyboard("{Enter}");
    expect(answers()).toEqual([{ type: "answer_passkey_pin", ceremony: "ceremony_1", question: 7, pin: "135790" }]);
    expect(field).toHaveValue("");
  });

  test("that is sent by two quick presses is not cancelled by the second", async () => {
    app.on("app.answer_passkey_pin", () => {
      app.hold(ceremony({ type: "touch" }));
      return null;
    });
    const user = await open(PIN);
    const clock = vi.spyOn(Date, "now").mockReturnValue(NOW);
    await user.keyboard("135790{Enter}");
    expect(dialog().getByRole("button", { name: "Try another way" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(answers()).toHaveLength(1);
    expect(app.asked("app.cancel_passkey")).toEqual([]);
    clock.mockReturnValue(NOW + 600);
    await user.keyboard("{Enter}");
    clock.mockRestore();
    expect(app.asked("app.cancel_passkey")).toHaveLength(1);
  });

  test("can be shown and hidden", async () => {
    const user = await open(PIN);
    await user.click(dialog().getByRole("button", { name: "Show PIN" }));
    expect(dialog().getByLabelText("PIN")).toHaveAttribute("type", "text");
    await user.click(dialog().getByRole("button", { name: "Hide PIN" }));
    expect(dialog().getByLabelText("PIN")).toHaveAttribute("type", "password");
  });

  test("that is not there is not sent", async () => {
    const user = await open(PIN);
    await user.keyboard("{Enter}");
    expect(noteOf("PIN")).toBe("Enter the PIN.");
    expect(answers()).toEqual([]);
  });

  test.each<[CeremonyView["authenticator"], number | null, string]>([
    ["this_device", null, "This PIN is not right."],
    ["this_device", 7, "This PIN is not right. You have 7 more tries."],
    [
      "this_device",
      3,
      "This PIN is not right. You have 3 more tries. After that, all passkeys and saved passwords of this device are removed.",
    ],
    ["security_key", 1, "This PIN is not right. You have one more try. After that, the security key is blocked."],
  ])("of %s that was wrong with %s tries left says so", async (authenticator, tries_left, said) => {
    await open({ type: "pin", question: 2, again: { type: "wrong", tries_left } }, { authenticator });
    expect(noteOf("PIN")).toBe(said);
    expect(dialog().getByLabelText("PIN")).toHaveFocus();
  });

  test("that was not tried says why", async () => {
    const again = { type: "impossible", problem: "too_short" } as const;
    await open({ type: "pin", question: 2, again }, { authenticator: "security_key" });
    expect(noteOf("PIN")).toBe("A PIN has at least 4 characters.");
  });

  test("another question begins with an empty field", async () => {
    const user = await open(PIN);
    await user.keyboard("135");
    await outside(() => app.hold(ceremony({ type: "pin", question: 2, again: { type: "wrong", tries_left: 7 } })));
    expect(dialog().getByLabelText("PIN")).toHaveValue("");
    await user.keyboard("246802{Enter}");
    expect(answers().map(({ question, pin }) => [question, pin])).toEqual([[2, "246802"]]);
  });

  test("that did not arrive can be sent once more", async () => {
    app.on("app.answer_passkey_pin", () => {
      throw cannot("refused", "window_foreign");
    });
    const user = await open(PIN);
    await user.keyboard("135790{Enter}");
    expect(noteOf("PIN")).toMatch(/^Only the main window/);
    app.on("app.answer_passkey_pin", () => null);
    await user.type(dialog().getByLabelText("PIN"), "135790{Enter}");
    expect(answers()).toHaveLength(2);
  });
});

describe("a new PIN", () => {
  const CHOOSE: CeremonyPrompt = { type: "choose_pin", question: 3, flaw: null };

  test("is typed twice, sent once, and forgotten", async () => {
    const user = await open(CHOOSE);
    await user.keyboard("135790");
    await fill(user, "New PIN once more", "135790");
    await user.dblClick(dialog().getByRole("button", { name: "Set PIN" }));
    expect(answers()).toEqual([{ type: "answer_passkey_pin", ceremony: "ceremony_1", question: 3, pin: "135790" }]);
    expect(dialog().getByLabelText("New PIN")).toHaveValue("");
    expect(dialog().getByLabelText("New PIN once more")).toHaveValue("");
  });

  test("that differs the second time is not sent", async () => {
    const user = await open(CHOOSE);
    await user.keyboard("135790");
    await fill(user, "New PIN once more", "135791");
    await user.keyboard("{Enter}");
    expect(noteOf("New PIN once more")).toBe("The two are not the same. Type the PIN once more.");
    expect(dialog().getByLabelText("New PIN once more")).toHaveFocus();
    expect(answers()).toEqual([]);
  });

  test.each([
    ["too_short", "A PIN has at least 6 characters."],
    ["too_long", "This is too long for a PIN. Shorten it."],
    ["simple", "A PIN like 111111 or 123456 is easy to guess. Choose another one."],
    ["no_text", "A PIN cannot have such characters. Use letters and digits."],
  ] as const)("that is %s says so", async (flaw, said) => {
    await open({ ...CHOOSE, flaw });
    expect(noteOf("New PIN")).toBe(said);
  });
});

describe("several accounts", () => {
  const accounts = [
    { name: "ada@example.com", display_name: "Ada Lovelace" },
    { name: "countess@example.com", display_name: "" },
  ];

  test("are chosen from by the keyboard, once", async () => {
    const user = await open({ type: "choose_account", question: 4, accounts });
    const [first, second] = within(dialog().getByRole("list", { name: "Accounts" })).getAllByRole("button");
    expect(first).toHaveFocus();
    await user.tab();
    expect(second).toHaveFocus();
    await user.keyboard("{Enter}{Enter}");
    if (first) await user.click(first);
    expect(app.asked("app.choose_passkey_account")).toEqual([
      { type: "choose_passkey_account", ceremony: "ceremony_1", question: 4, account: 1 },
    ]);
  });
});

describe("the way out", () => {
  test("cancels once, and is out of sight at once", async () => {
    const answer = held();
    app.on("app.cancel_passkey", () => answer.promise);
    const user = await open(PIN);
    await user.dblClick(dialog().getByRole("button", { name: "Try another way" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(app.asked("app.cancel_passkey")).toEqual([{ type: "cancel_passkey", ceremony: "ceremony_1" }]);
    // Another one is shown again.
    await outside(() => app.hold(ceremony(PIN, { id: "ceremony_2" })));
    expect(screen.getByRole("dialog")).toBeInTheDocument();
  });

  test("is Escape as well", async () => {
    await open(PIN);
    // What the platform does on Escape.
    await outside(() => screen.getByRole<HTMLDialogElement>("dialog").close());
    expect(app.asked("app.cancel_passkey")).toEqual([{ type: "cancel_passkey", ceremony: "ceremony_1" }]);
  });

  test("that is closed to it brings the dialog back", async () => {
    app.on("app.cancel_passkey", () => {
      throw cannot("refused", "window_foreign");
    });
    const user = await open(PIN);
    await user.click(dialog().getByRole("button", { name: "Try another way" }));
    expect(await screen.findByRole("dialog")).toBeInTheDocument();
  });

  test("of one that ended by itself does not cancel the next", async () => {
    await open(PIN);
    const element = screen.getByRole<HTMLDialogElement>("dialog");
    await outside(() => {
      app.hold(null);
      app.hold(ceremony(PIN, { id: "ceremony_2" }));
    });
    // The platform tells late that the first one was closed.
    await outside(() => element.dispatchEvent(new Event("close")));
    expect(app.asked("app.cancel_passkey")).toEqual([]);
  });
});
