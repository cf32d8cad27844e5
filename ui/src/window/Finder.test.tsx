import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { desk } from "../testing/desk";
import { localInstance, remoteInstance, session, snapshot } from "../testing/fixtures";
import { expectNoAxeFindings, openApp } from "../testing/render";

const ADA = session();
const ZOE = session({ first: "Zoë", last: "Ångström", email: "zoe@example.com" });
const WORKS = session({ first: "Grace", last: "Hopper", email: "grace@works.example" });

function app() {
  return desk(snapshot([localInstance([ADA, ZOE]), remoteInstance([WORKS])]));
}

function found(): (string | null | undefined)[] {
  return screen.queryAllByRole("option").map((option) => option.querySelector("bdi")?.textContent);
}

describe("finding an account", () => {
  test("Ctrl and K shows every account, and Escape goes back", async () => {
    const user = await openApp(app());
    await user.keyboard("{Control>}k{/Control}");
    expect(screen.getByRole("combobox", { name: "Name, address or instance" })).toHaveFocus();
    expect(found()).toEqual(["Ada Lovelace", "Zoë Ångström", "Grace Hopper"]);
    await expectNoAxeFindings();
    // jsdom's dialog does not close on Escape by itself, as the platform's does.
    fireEvent(screen.getByRole("dialog"), new Event("close"));
    expect(screen.queryByRole("combobox")).not.toBeInTheDocument();
  });

  test.each([
    ["angstrom", ["Zoë Ångström"]],
    ["grace@works", ["Grace Hopper"]],
    ["HARBOUR", ["Grace Hopper"]],
    ["example ada", ["Ada Lovelace"]],
    ["nobody", []],
  ])("finds by name, address and instance: %s", async (typed, names) => {
    const user = await openApp(app());
    await user.keyboard("{Control>}k{/Control}");
    await user.type(screen.getByRole("combobox"), typed);
    expect(found()).toEqual(names);
    const said = within(screen.getByRole("dialog")).getByRole("status");
    expect(said).toHaveTextContent(names.length === 0 ? "No account matches." : "1 account");
  });

  test("arrows go through them, Enter shows the one", async () => {
    const stand = app();
    const user = await openApp(stand);
    await user.keyboard("{Control>}k{/Control}");
    const chosen = () => screen.getByRole("option", { selected: true });
    expect(chosen()).toHaveTextContent("Ada Lovelace");
    await user.keyboard("{ArrowUp}");
    expect(chosen()).toHaveTextContent("Grace Hopper");
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(chosen()).toHaveTextContent("Zoë Ångström");
    expect(screen.getByRole("combobox")).toHaveAttribute("aria-activedescendant", chosen().id);
    await user.keyboard("{Enter}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(stand.asked("account.set_active")).toEqual([
      { type: "set_active", account: { instance: "local", session: ZOE.id } },
    ]);
  });

  test("a click shows the one", async () => {
    const stand = app();
    const user = await openApp(stand);
    await user.keyboard("{Control>}k{/Control}");
    await user.click(screen.getByRole("option", { name: /Grace Hopper/ }));
    expect(stand.asked("account.set_active")).toHaveLength(1);
  });
});
