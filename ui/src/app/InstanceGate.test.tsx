import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { desk } from "../testing/desk";
import { localInstance, NOW, problem, remoteInstance, session, snapshot } from "../testing/fixtures";
import { expectNoAxeFindings, openApp } from "../testing/render";
import { en } from "../words/en";

const NEWER = "was written by a newer version of Frontdesk. Install that version";

test("an account shown from the sealed cache says why, and how old it is", async () => {
  const instance = localInstance([session()], {
    status: "degraded",
    problem: problem("database_newer"),
    answered_at: NOW,
  });
  await openApp(desk(snapshot([instance])));
  const notice = screen.getByText("The instance on this computer cannot be reached").closest("[role=status]");
  expect(notice).toHaveTextContent(NEWER);
  expect(notice).toHaveTextContent("You see what was known at");
});

test("a fault of the network is said once", async () => {
  const instance = remoteInstance([session()], {
    status: "degraded",
    problem: problem("network_unreachable", { subject: "Harbour Works" }),
  });
  await openApp(desk(snapshot([instance])));
  expect(screen.getAllByText(/Harbour Works cannot be reached/)).toHaveLength(1);
});

test.each(["sign-in", "sign-up"] as const)("%s says before anything is typed that it cannot be sent", async (name) => {
  const app = desk(snapshot([remoteInstance([], { status: "degraded" })]));
  const user = await openApp(app, [{ name, instance: "remote" }]);
  expect(screen.getByText(en.instance.unsent)).toBeVisible();
  expect(screen.getByLabelText("Email address")).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(app.asked("instance.reload")).toEqual([{ type: "reload", instance: "remote" }]);
});

test("an instance that cannot be opened offers nothing but another try and another instance", async () => {
  const instance = localInstance([], { status: "error", client: null, problem: problem("database_newer") });
  await openApp(desk(snapshot([instance])));
  expect(screen.getByRole("alert")).toHaveTextContent(NEWER);
  expect(screen.queryByRole("button", { name: "Create an account" })).toBeNull();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Connect to an instance" })).toBeVisible();
});

test.each([
  [61_000, /^The clock of this computer is 1 min behind that of Harbour Works/],
  [-7_200_000, /^The clock of this computer is 120 min ahead of that of Harbour Works/],
])("a clock that is off by %d ms is said", async (clock_ahead, sentence) => {
  await openApp(desk(snapshot([remoteInstance([session()], { clock_ahead })])));
  expect(screen.getByText(sentence)).toBeVisible();
  await expectNoAxeFindings();
});

test("a clock that is off by less than a minute is not", async () => {
  await openApp(desk(snapshot([remoteInstance([session()], { clock_ahead: 59_999 })])));
  expect(screen.queryByText(en.instance.clockTitle)).toBeNull();
});
