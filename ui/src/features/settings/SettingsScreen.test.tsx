import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { desk } from "../../testing/desk";
import { cannot, localInstance, remoteInstance, snapshot, session } from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outside } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

async function open(app: StandIn = desk(snapshot([localInstance(), remoteInstance()]))) {
  return { app, user: await openApp(app, [{ name: "settings" }]) };
}

function theme(): string | undefined {
  return document.documentElement.dataset["theme"];
}

test("the screen takes the focus, and axe finds nothing", async () => {
  await open();
  expect(screen.getByRole("heading", { level: 1, name: "Settings" })).toHaveFocus();
  await expectNoAxeFindings();
});

/** What is chosen at first. */
const CHOSEN = { theme: "system", language: "system", after_sign_out: "choose", keep_running: false, notices: true, start_at_login: false, programs: false, tools: false, by_port: false, lock_after: 5 };

describe("what is on or off", () => {
  const box = (name: RegExp) => screen.getByRole("checkbox", { name });

  test.each([
    [/Start at login/, "start_at_login", true],
    [/Go on in the tray/, "keep_running", true],
    [/Tell me/, "notices", false],
    [/Let programs ask/, "programs", true],
    [/Let tools use/, "tools", true],
  ])("%s is kept", async (name, choice, chosen) => {
    const { app, user } = await open();
    expect(box(name)).toHaveProperty("checked", !chosen);
    await user.click(box(name));
    expect(box(name)).toHaveProperty("checked", chosen);
    expect(app.asked("app.set_preferences")).toEqual([
      { type: "set_preferences", preferences: { ...CHOSEN, [choice]: chosen } },
    ]);
  });

  test("what the system refuses goes back and says why", async () => {
    const app = desk().on("app.set_preferences", () => {
      throw cannot("refused", "start_at_login_failed", "the folder is read-only");
    });
    const { user } = await open(app);
    await user.click(box(/Start at login/));
    expect(await screen.findByText(/What the system starts at login could not be changed/)).toBeInTheDocument();
    expect(box(/Start at login/)).not.toBeChecked();
  });
});

describe("tools on this computer", () => {
  const copy = () => screen.queryByRole("button", { name: "Copy lines for .env" });

  test("get an address and lines once they may use the instance, and the page sees no key", async () => {
    const { app, user } = await open();
    expect(copy()).toBeNull();
    await user.click(screen.getByRole("checkbox", { name: /Let tools use/ }));
    const { host } = localInstance();
    expect(screen.getByText(`They reach it at http://${host}.`)).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Copy lines for .env" }));
    expect(app.asked("app.copy_tool_lines")).toEqual([{ type: "copy_tool_lines" }]);
    await user.click(screen.getByRole("checkbox", { name: /Let tools use/ }));
    expect(copy()).toBeNull();
  });

  test("are told why there are no lines", async () => {
    const app = desk().on("app.copy_tool_lines", () => {
      throw cannot("refused", "local_elsewhere");
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("checkbox", { name: /Let tools use/ }));
    await user.click(screen.getByRole("button", { name: "Copy lines for .env" }));
    expect(await screen.findByText(/Another process of Frontdesk serves/)).toBeInTheDocument();
  });
});

describe("where signing out lands", () => {
  test.each([
    ["Show the account I used last", "next"],
    ["Show where an account is added", "welcome"],
  ])("%s is kept", async (name, place) => {
    const { app, user } = await open();
    expect(screen.getByRole("radio", { name: "Let me choose an account" })).toBeChecked();
    await user.click(screen.getByRole("radio", { name }));
    expect(screen.getByRole("radio", { name })).toBeChecked();
    expect(app.asked("app.set_preferences")).toEqual([
      { type: "set_preferences", preferences: { ...CHOSEN, after_sign_out: place } },
    ]);
  });
});

describe("the theme", () => {
  test("is the one that was kept, from the start", async () => {
    await open(desk().on("app.preferences", () => ({ theme: "dark", language: "system" })));
    expect(theme()).toBe("dark");
    expect(screen.getByRole("radio", { name: "Dark" })).toBeChecked();
  });

  test("follows the system when nothing was kept", async () => {
    await open();
    expect(theme()).toBe("system");
    expect(screen.getByRole("radio", { name: "Follow the system" })).toBeChecked();
  });

  test("changes at once and is kept", async () => {
    const answer = held();
    const { app, user } = await open(desk().on("app.set_preferences", () => answer.promise));
    await user.click(screen.getByRole("radio", { name: "Dark" }));
    expect(theme()).toBe("dark");
    expect(screen.getByRole("radio", { name: "Dark" })).toBeChecked();
    expect(app.asked("app.set_preferences")).toEqual([{ type: "set_preferences", preferences: { ...CHOSEN, theme: "dark" } }]);
  });

  test("may be one of high contrast, which no system has to ask for", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("radio", { name: "High contrast" }));
    expect(theme()).toBe("contrast");
    expect(app.asked("app.set_preferences")).toEqual([
      { type: "set_preferences", preferences: { ...CHOSEN, theme: "contrast" } },
    ]);
  });

  test("can be chosen with the arrow keys", async () => {
    const { user } = await open();
    screen.getByRole("radio", { name: "Follow the system" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("radio", { name: "Light" })).toHaveFocus();
  });

  test("that cannot be kept goes back, and says why", async () => {
    const app = desk().on("app.set_preferences", () => {
      throw cannot("refused", "preferences_unwritable", "the disk is full");
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("radio", { name: "Light" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/^The settings could not be saved.*the disk is full/);
    expect(theme()).toBe("system");
    expect(screen.getByRole("radio", { name: "Follow the system" })).toBeChecked();
  });
});

describe("the keychain", () => {
  test.each([
    ["ready", "Your keychain works"],
    ["checking", "Checking your keychain"],
    ["locked", "Your keychain is locked"],
    ["absent", "This computer has no keychain"],
    ["denied", "Your keychain is refused to Frontdesk"],
    ["no_collection", "Your keychain has not been set up"],
    ["broken", "Your keychain is damaged"],
    ["full", "Your keychain is full"],
    ["failed", "Your keychain did not work"],
    ["waiting", "Waiting for your keychain"],
  ] as const)("%s is said", async (state, title) => {
    await open(desk(snapshot([localInstance()], { vault: { keeper: "keychain", state, store: "Secret Service", detail: null } })));
    const panel = within(screen.getByRole("region", { name: "Keychain" }));
    expect(panel.getByText(title)).toBeInTheDocument();
    const well = state === "ready" || state === "checking";
    expect(panel.queryAllByRole("button", { name: "Try again" })).toHaveLength(well ? 0 : 1);
  });

  test("that was unlocked is said to work", async () => {
    const vault = { keeper: "keychain", store: "Secret Service", detail: null } as const;
    const app = desk(snapshot([localInstance()], { vault: { ...vault, state: "locked" } }));
    app.on("app.recheck_vault", () => {
      app.change({ vault: { ...vault, state: "ready" } });
      return null;
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Your keychain works")).toBeInTheDocument();
  });
});

describe("instances", () => {
  async function ask(app?: StandIn) {
    const opened = await open(app);
    await opened.user.click(screen.getByRole("button", { name: "Remove Harbour Works" }));
    return { ...opened, dialog: within(screen.getByRole("dialog", { name: "Remove Harbour Works?" })) };
  }

  test("are listed; the one on this computer cannot be removed", async () => {
    await open();
    const panel = within(screen.getByRole("region", { name: "Instances" }));
    expect(panel.getByText("clerk.harbour.example")).toBeInTheDocument();
    expect(panel.queryByRole("button", { name: "Remove This computer" })).toBeNull();
  });

  test("are moved by their buttons, which keep the focus and say where it went", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()]));
    const { user } = await open(app);
    const names = () => {
      const panel = within(screen.getByRole("region", { name: "Instances" }));
      return panel.getAllByRole("listitem").map((row) => row.querySelector("bdi")?.textContent);
    };
    expect(names()).toEqual(["This computer", "Harbour Works"]);
    screen.getByRole("button", { name: "Move Harbour Works up" }).focus();
    await user.keyboard("{Enter}");
    expect(app.asked("instance.move")).toEqual([{ type: "move", instance: "remote", to: 0 }]);
    expect(names()).toEqual(["Harbour Works", "This computer"]);
    expect(screen.getByText("Harbour Works is now number 1 of 2.")).toHaveAttribute("role", "status");
    expect(screen.getByRole("button", { name: "Move Harbour Works up" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(app.asked("instance.move")).toHaveLength(1);
    await expectNoAxeFindings();
  });

  test("take a name of one's own", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()]));
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Rename Harbour Works" }));
    const dialog = within(screen.getByRole("dialog", { name: "Rename Harbour Works" }));
    await user.type(dialog.getByLabelText("Your name for it"), " Work ");
    await expectNoAxeFindings();
    await user.click(dialog.getByRole("button", { name: "Save" }));
    expect(app.asked("instance.rename")).toEqual([{ type: "rename", instance: "remote", name: "Work" }]);
    expect(screen.getByRole("button", { name: "Rename Work" })).toBeInTheDocument();
  });

  test("where somebody is signed in are removed once the system has asked, and the page asks nothing", async () => {
    let confirmed = false;
    const app = desk(snapshot([localInstance(), remoteInstance([session({ email: "ada@harbour.example" })])]));
    app.on("instance.remove", () => {
      if (!confirmed) throw cannot("refused", "not_confirmed");
      app.change({ instances: [localInstance()] });
      return null;
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("button", { name: "Remove Harbour Works" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(await screen.findByText("This was not confirmed, so nothing was done.")).toBeInTheDocument();
    confirmed = true;
    await user.click(screen.getByRole("button", { name: "Remove Harbour Works" }));
    await waitFor(() => {
      expect(screen.queryByText("clerk.harbour.example")).toBeNull();
    });
    expect(screen.queryByText("This was not confirmed, so nothing was done.")).toBeNull();
  });

  test("where everybody has to sign in again are removed after a question of the page", async () => {
    const over = session({ email: "ada@harbour.example" }, { status: "expired" });
    const { user } = await open(desk(snapshot([localInstance(), remoteInstance([over])])));
    await user.click(screen.getByRole("button", { name: "Remove Harbour Works" }));
    expect(screen.getByRole("dialog", { name: "Remove Harbour Works?" })).toHaveTextContent(en.settings.removeNobody);
  });

  test("are removed only after a question that says what follows", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()]));
    app.on("instance.remove", () => {
      app.change({ instances: [localInstance()] });
      return null;
    });
    const { dialog, user } = await ask(app);
    expect(dialog.getByText(en.settings.removeNobody)).toBeInTheDocument();
    expect(app.asked("instance.remove")).toEqual([]);
    await expectNoAxeFindings();
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    await waitFor(() => {
      expect(screen.queryByRole("dialog")).toBeNull();
    });
    expect(app.asked("instance.remove")).toEqual([{ type: "remove", instance: "remote" }]);
    expect(screen.queryByText("clerk.harbour.example")).toBeNull();
  });

  test("stay when the question is answered with Cancel", async () => {
    const { app, dialog, user } = await ask();
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(app.asked("instance.remove")).toEqual([]);
  });

  test("are removed once by a double click", async () => {
    const answer = held();
    const app = desk(snapshot([localInstance(), remoteInstance()])).on("instance.remove", () => answer.promise);
    const { dialog, user } = await ask(app);
    await user.dblClick(dialog.getByRole("button", { name: "Remove" }));
    expect(app.asked("instance.remove")).toHaveLength(1);
  });

  test("that cannot be removed say why, and the question stays", async () => {
    const app = desk(snapshot([localInstance(), remoteInstance()])).on("instance.remove", () => {
      throw cannot("vault", "vault_locked", "prompt dismissed");
    });
    const { dialog, user } = await ask(app);
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent(/^Your keychain is locked.*prompt dismissed/);
  });

  test("while the question is open, the window's own keys do nothing", async () => {
    const { user } = await ask();
    await user.keyboard("{Control>}n{/Control}");
    expect(screen.getByRole("dialog")).toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Add an account" })).toBeNull();
  });

  test("more are connected to from here", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Connect to an instance" }));
    expect(screen.getByLabelText("Publishable key or address")).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: "Connect to an instance" })).toHaveFocus();
  });
});

describe("diagnostics", () => {
  test("are shown before they are copied", async () => {
    const { app, user } = await open(desk().on("app.diagnostics", () => ({ text: "Frontdesk 0.1.0\nvault: ready" })));
    expect(screen.getByRole("group", { name: "Diagnostics" })).toHaveTextContent("Frontdesk 0.1.0 vault: ready");
    await user.click(screen.getByRole("button", { name: "Copy diagnostics" }));
    expect(app.asked("app.copy")).toEqual([{ type: "copy", text: "Frontdesk 0.1.0\nvault: ready", secret: false }]);
  });

  test("have a skeleton while they are gathered", async () => {
    const answer = held();
    await open(desk().on("app.diagnostics", () => answer.promise));
    expect(document.querySelector("[data-section='diagnostics'] .skeleton")).not.toBeNull();
    await outside(() => {
      answer.answer({ text: "facts" });
    });
    expect(screen.getByRole("group", { name: "Diagnostics" })).toHaveTextContent("facts");
  });

  test("that cannot be gathered say why, and are asked for again", async () => {
    let calls = 0;
    const app = desk().on("app.diagnostics", () => {
      calls += 1;
      if (calls === 1) throw cannot("refused", "request_unknown");
      return { text: "facts" };
    });
    const { user } = await open(app);
    expect(screen.getByRole("alert")).toHaveTextContent("Frontdesk does not know this request");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("group", { name: "Diagnostics" })).toHaveTextContent("facts");
  });
});

describe("the language", () => {
  test("changes at once, everywhere, and is kept; instances are told", async () => {
    const { app, user } = await open();
    expect(document.documentElement.lang).toBe("en");
    expect(app.asked("app.speak")).toEqual([{ type: "speak", locale: "en" }]);
    await user.click(screen.getByRole("radio", { name: "Deutsch" }));
    expect(screen.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeInTheDocument();
    expect(document.documentElement.lang).toBe("de");
    expect(app.asked("app.set_preferences")).toEqual([
      { type: "set_preferences", preferences: { ...CHOSEN, language: "de" } },
    ]);
    expect(app.asked("app.speak")).toEqual([
      { type: "speak", locale: "en" },
      { type: "speak", locale: "de" },
    ]);
    await expectNoAxeFindings();
  });

  test("is the one that was kept, whatever the system speaks", async () => {
    await open(desk().on("app.preferences", () => ({ theme: "system", language: "de" })));
    expect(screen.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeInTheDocument();
    expect(screen.getByRole("radio", { name: "Deutsch" })).toBeChecked();
  });

  test("that cannot be kept goes back, and says why in it", async () => {
    const app = desk().on("app.set_preferences", () => {
      throw cannot("refused", "preferences_unwritable", "disk full");
    });
    const { user } = await open(app);
    await user.click(screen.getByRole("radio", { name: "Deutsch" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/^The settings could not be saved/);
    expect(document.documentElement.lang).toBe("en");
  });
});
