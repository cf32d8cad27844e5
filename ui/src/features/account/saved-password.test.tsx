import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { SessionView } from "../../bridge/SessionView";
import { desk } from "../../testing/desk";
import { cannot, LOCAL, localInstance, session, snapshot } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, openApp } from "../../testing/render";
import type { StandIn } from "../../testing/stand-in";

const NEW = "harbour-light-at-dusk";
const SAVED = "It is saved on this device, behind your PIN.";

function ada(): SessionView {
  const here = session();
  return { ...here, user: here.user && { ...here.user, password_enabled: true } };
}

function at(identifier: string): StandIn {
  return desk(snapshot([localInstance([ada()], { saved_password: { type: "kept", identifier } })]));
}

const open = (app: StandIn) => openApp(app, [{ name: "manage", instance: LOCAL }]);
const panel = () => within(screen.getByRole("region", { name: "Password" }));

test("a saved password is said to be, and can be removed", async () => {
  const app = at("ada@example.com");
  const user = await open(app);
  expect(panel().getByText(SAVED)).toBeInTheDocument();
  await expectNoAxeFindings();
  await user.click(panel().getByRole("button", { name: "Remove from this device" }));
  expect(await panel().findByText("The saved password was removed from this device.")).toBeInTheDocument();
  expect(panel().queryByText(SAVED)).toBeNull();
  expect(panel().getByRole("button", { name: "Change password" })).toHaveFocus();
  expect(app.asked("instance.clear_credentials")).toEqual([{ type: "clear_credentials", instance: LOCAL }]);
});

test("that of somebody else is none of this account's", async () => {
  await open(at("grace@example.com"));
  expect(panel().queryByText(SAVED)).toBeNull();
});

async function change(app: StandIn) {
  const user = await open(app);
  await user.click(panel().getByRole("button", { name: "Change password" }));
  await fill(user, "Current password", "correct horse");
  await fill(user, "New password", NEW);
  await user.click(panel().getByRole("button", { name: "Save" }));
}

test("a password that is changed is changed where it is saved, too", async () => {
  const app = at("ada@example.com");
  await change(app);
  expect(await panel().findByText("The password was changed. The new one was saved on this device as well.")).toBeInTheDocument();
  expect(app.asked("instance.set_credentials")).toEqual([
    { type: "set_credentials", instance: LOCAL, password: NEW, may_choose_pin: false },
  ]);
  expect(panel().getByText(SAVED)).toBeInTheDocument();
});

test("the one of before does not stay where the new one is not saved", async () => {
  const app = at("ada@example.com").on("instance.set_credentials", () => {
    throw cannot("refused", "passkey_cancelled");
  });
  await change(app);
  expect(await panel().findByText("The password was changed. The old one was removed from this device.")).toBeInTheDocument();
  expect(panel().queryByText(SAVED)).toBeNull();
});

test("where none of this account is saved, changing it saves none", async () => {
  const app = at("grace@example.com");
  await change(app);
  expect(await panel().findByText("The password was changed.")).toBeInTheDocument();
  expect(app.asked("instance.set_credentials")).toEqual([]);
});
