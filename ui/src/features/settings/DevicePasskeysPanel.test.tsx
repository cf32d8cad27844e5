import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { PasskeysView } from "../../bridge/PasskeysView";
import { desk } from "../../testing/desk";
import { cannot, ceremony, deviceKey, localInstance, remoteInstance, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";

const KEYS = [deviceKey(), deviceKey({ id: "key_2", rp_id: "localhost", name: "", display_name: "The Countess" })];

function at(over: Partial<PasskeysView>): StandIn {
  const passkeys = { pin_chosen: false, gesture: null, keys: [], ceremony: null, ...over };
  return desk(snapshot([localInstance([session()])], { passkeys }));
}

const open = (app: StandIn) => openApp(app, [{ name: "settings" }]);
const panel = () => within(screen.getByRole("region", { name: "Passkeys of this device" }));

test("without any there is nothing to change", async () => {
  await open(at({}));
  expect(panel().getByText("There are none on this device.")).toBeInTheDocument();
  expect(panel().getByText(/^No PIN has been chosen yet/)).toBeInTheDocument();
  expect(panel().queryAllByRole("button")).toEqual([]);
});

test("each is listed with the domain it is for and whose it is", async () => {
  await open(at({ pin_chosen: true, keys: KEYS }));
  const [first, second] = panel().getAllByRole("listitem");
  expect(first).toHaveTextContent("clerk.harbour.exampleada@example.com (Ada Lovelace) · Made January 1, 2026");
  expect(second).toHaveTextContent("localhostThe Countess · Made January 1, 2026");
  await expectNoAxeFindings();
});

test("where the system recognises the person there is no PIN to change", async () => {
  const app = at({ gesture: "windows_hello", keys: KEYS }).on("app.forget_device_passkeys", () => null);
  const user = await open(app);
  expect(panel().getByText("Windows Hello protects them.")).toBeInTheDocument();
  expect(panel().queryByRole("button", { name: "Change PIN" })).toBeNull();
  expect(panel().queryByText(/PIN/)).toBeNull();
  await expectNoAxeFindings();
  await user.click(panel().getByRole("button", { name: "Remove all passkeys and passwords" }));
  expect(await panel().findByText("The passkeys and passwords of this device were removed.")).toBeInTheDocument();
});

test("the PIN is changed once, by the dialog that the app asks for", async () => {
  const answer = held();
  const app = at({ pin_chosen: true, keys: KEYS }).on("app.change_passkey_pin", () => answer.promise);
  const user = await open(app);
  await user.dblClick(panel().getByRole("button", { name: "Change PIN" }));
  expect(app.asked("app.change_passkey_pin")).toHaveLength(1);
  const purpose = { type: "change_pin" } as const;
  await outside(() => app.hold(ceremony({ type: "pin", question: 1, again: null }, { purpose, host: null })));
  expect(screen.getByRole("dialog", { name: "Change the PIN" })).toBeInTheDocument();
  await outside(() => app.hold(null));
  await outside(() => answer.answer(null));
  expect(await panel().findByText("The PIN was changed.")).toBeInTheDocument();
});

test.each([
  ["passkey_cancelled", null],
  ["passkey_wiped", /^The PIN was wrong eight times/],
] as const)("of a change that ended with %s is said what there is to say", async (reason, said) => {
  const app = at({ pin_chosen: true, keys: KEYS }).on("app.change_passkey_pin", () => {
    throw cannot("refused", reason);
  });
  const user = await open(app);
  await user.click(panel().getByRole("button", { name: "Change PIN" }));
  if (said) expect(await panel().findByText(said)).toBeInTheDocument();
  else expect(panel().queryByRole("alert")).toBeNull();
});

test("who has forgotten the PIN removes them all", async () => {
  const app = at({ pin_chosen: true, keys: KEYS });
  const user = await open(app);
  await user.click(panel().getByRole("button", { name: "Forgot the PIN: remove all passkeys and passwords" }));
  expect(await panel().findByText("The passkeys and passwords of this device and their PIN were removed.")).toBeInTheDocument();
  expect(app.asked("app.forget_device_passkeys")).toHaveLength(1);
  expect(panel().getByText("There are none on this device.")).toBeInTheDocument();
});

test("they stay where the system's question was not confirmed", async () => {
  const app = at({ pin_chosen: true, keys: KEYS }).on("app.forget_device_passkeys", () => {
    throw cannot("refused", "not_confirmed");
  });
  const user = await open(app);
  await user.click(panel().getByRole("button", { name: "Forgot the PIN: remove all passkeys and passwords" }));
  expect(await panel().findByText(/^This was not confirmed/)).toBeInTheDocument();
  expect(panel().getAllByRole("listitem")).toHaveLength(2);
});

test("saved passwords are listed by instance and whose they are, and each can be removed", async () => {
  const app = desk(
    snapshot(
      [
        localInstance([session()], { saved_password: { type: "kept", identifier: "ada@example.com" } }),
        remoteInstance([], { saved_password: { type: "kept", identifier: "grace@example.com" } }),
      ],
      { passkeys: { pin_chosen: true, gesture: null, keys: [], ceremony: null } },
    ),
  );
  const user = await open(app);
  const list = () => within(panel().getByRole("list", { name: "Saved passwords" }));
  const [first, second] = list().getAllByRole("listitem");
  expect(first).toHaveTextContent("Password of ada@example.com");
  expect(second).toHaveTextContent("Harbour WorksPassword of grace@example.com");
  await expectNoAxeFindings();
  await user.click(panel().getByRole("button", { name: "Remove the password of grace@example.com at Harbour Works" }));
  expect(await panel().findByText("The saved password was removed from this device.")).toBeInTheDocument();
  expect(list().getAllByRole("listitem")).toHaveLength(1);
  expect(app.asked("instance.clear_credentials")).toEqual([{ type: "clear_credentials", instance: "remote" }]);
  await user.click(panel().getByRole("button", { name: "Forgot the PIN: remove all passkeys and passwords" }));
  await panel().findByText("The passkeys and passwords of this device and their PIN were removed.");
  expect(panel().queryByRole("list", { name: "Saved passwords" })).toBeNull();
});
