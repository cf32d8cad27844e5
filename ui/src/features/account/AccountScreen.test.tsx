import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { SessionView } from "../../bridge/SessionView";
import type { Snapshot } from "../../bridge/Snapshot";
import { desk } from "../../testing/desk";
import {
  ACTIVE_SESSION,
  cannot,
  ENVIRONMENT,
  LOCAL,
  localInstance,
  NOW,
  problem,
  refusal,
  session,
  snapshot,
  UNREACHABLE, unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outOfSight, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const ADA = session();
const KEY = { instance: LOCAL, session: ADA.id };

/** A desk that shows the first of these sessions. */
function account(sessions: SessionView[] = [ADA], over: Partial<Snapshot> = {}): StandIn {
  return desk(snapshot([localInstance(sessions)], over)).on("account.active_sessions", () => [
    { ...ACTIVE_SESSION, id: ADA.id },
  ]);
}

function panel(name: string) {
  return within(screen.getByRole("region", { name }));
}

describe("the account", () => {
  test("says who is signed in, at which instance, and since when", async () => {
    await openApp(account());
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    const profile = panel("Profile");
    expect(profile.getByText("ada@example.com")).toBeInTheDocument();
    expect(profile.getByText("Verified")).toBeInTheDocument();
    expect(profile.getByText("Primary")).toBeInTheDocument();
    expect(profile.getByText("127.0.0.1:47113")).toBeInTheDocument();
    expect(panel("Session").getByText(ADA.id)).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("without a name goes by the address", async () => {
    await openApp(account([session({ first: null, last: null, email: "somebody@example.com" })]));
    expect(screen.getByRole("heading", { level: 1, name: "somebody@example.com" })).toBeInTheDocument();
    expect(panel("Profile").getByText("Not set")).toBeInTheDocument();
  });

  test("has a list of its sections, each a press away", async () => {
    const user = await openApp(account());
    const list = within(screen.getByRole("navigation", { name: "Sections" }));
    expect(list.getAllByRole("button").map((button) => button.textContent)).toEqual([
      "Profile",
      "Session",
      "Devices",
      "Sign out",
    ]);
    await user.click(list.getByRole("button", { name: "Devices" }));
    expect(screen.getByRole("heading", { level: 2, name: "Devices" })).toHaveFocus();
    expect(list.getByRole("button", { name: "Devices" })).toHaveAttribute("aria-current", "true");
  });
});

describe("states", () => {
  test("a skeleton stands for it while its instance starts", async () => {
    const loading = localInstance([], { status: "loading", client: null, environment: null });
    const app = account([], { instances: [loading], active: KEY });
    await openApp(app);
    expect(screen.getByRole("heading", { level: 1, name: "Loading your account" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Sign out" })).toBeNull();
    await expectNoAxeFindings();
    await outside(() => {
      app.change({ instances: [localInstance([ADA])] });
    });
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });

  test("a locked keychain is said while it loads, with a way to try again", async () => {
    const loading = localInstance([], { status: "loading", client: null, environment: null });
    const app = account([], {
      instances: [loading],
      active: KEY,
      vault: { keeper: "keychain", state: "locked", store: "Secret Service", detail: null },
    });
    const user = await openApp(app);
    expect(screen.getByText("Your keychain is locked")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(app.asked("app.recheck_vault")).toHaveLength(1);
    await expectNoAxeFindings();
  });

  test.each([
    ["absent", "This computer has no keychain"],
    ["denied", "Your keychain is refused to Frontdesk"],
    ["broken", "Your keychain is damaged"],
    ["full", "Your keychain is full"],
    ["failed", "Your keychain did not work"],
    ["waiting", "Waiting for your keychain"],
  ] as const)("a keychain that is %s is said above the account", async (state, title) => {
    await openApp(account([ADA], { vault: { keeper: "keychain", state, store: "Secret Service", detail: null } }));
    expect(screen.getByText(title)).toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("a keychain that cannot be asked again says why", async () => {
    const app = account([ADA], { vault: { keeper: "keychain", state: "failed", store: "Secret Service", detail: "No reply." } });
    app.on("app.recheck_vault", () => {
      throw cannot("vault", "vault_locked", "prompt dismissed");
    });
    const user = await openApp(app);
    expect(screen.getByText("It says: “No reply.”")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/^Your keychain is locked, so nothing can be read.*prompt dismissed/)).toBeInTheDocument();
  });

  test("an instance that cannot be opened says why", async () => {
    const broken = localInstance([], { status: "error", client: null, environment: null, problem: problem("instance_key_mismatch") });
    const app = account([], { instances: [broken], active: KEY });
    const user = await openApp(app);
    expect(screen.getByRole("alert")).toHaveTextContent("The key in your keychain does not belong to the data");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(app.asked("instance.reload")).toEqual([{ type: "reload", instance: LOCAL }]);
  });

  test("an instance that cannot be reached shows what was known, and says how old it is", async () => {
    const app = account([], { instances: [localInstance([ADA], { status: "degraded" })], active: KEY });
    await openApp(app);
    expect(screen.getByText(en.instance.degraded(en.instance.local))).toBeInTheDocument();
    expect(screen.getByText(/^You see what was known at .*2026/)).toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("a session that ended elsewhere leads to signing in with the same address", async () => {
    const app = account([session({}, { status: "ended" })]);
    const user = await openApp(app);
    expect(screen.getByRole("heading", { level: 1, name: "Sign in again" })).toBeInTheDocument();
    expect(screen.getByText("Ada Lovelace")).toBeInTheDocument();
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getByLabelText("Email address")).toHaveValue("ada@example.com");
  });

  test.each([
    ["expired", /a sign-in lasts here is over/],
    ["abandoned", /was not used for as long/],
    ["revoked", /by those who run the instance/],
    ["replaced", /Another sign-in took the place/],
    ["ended", /ended somewhere else/],
    ["vanished", /The account was deleted or signed out elsewhere, or/],
    ["lost", /gone from this computer/],
    ["something new", /The session of this account has ended/],
  ])("a session that is %s says why", async (status, why) => {
    await openApp(account([session({}, { status })]));
    expect(screen.getByText(why)).toBeInTheDocument();
  });

  test("who cannot be read of for want of a keychain is not said to be signed out", async () => {
    const vault = { keeper: "keychain", state: "absent", store: "Secret Service", detail: null } as const;
    await openApp(account([], { vault, active: KEY }));
    expect(screen.getByRole("heading", { level: 1, name: en.account.unreadTitle })).toBeInTheDocument();
    expect(screen.getByText(en.account.unreadBody)).toBeInTheDocument();
    expect(screen.queryByText(en.account.endedBody)).not.toBeInTheDocument();
    expect(screen.getByText("This computer has no keychain")).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test("a session that ended elsewhere can be taken off the list", async () => {
    const ended = session({}, { status: "revoked" });
    const app = account([ended]);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Remove from the list" }));
    expect(app.asked("account.sign_out")).toEqual([{ type: "sign_out", instance: LOCAL, session: ended.id }]);
    expect(screen.getByRole("heading", { level: 1, name: "Welcome to Frontdesk" })).toBeInTheDocument();
  });

  test("signs out everywhere, or says that it was not confirmed", async () => {
    let confirmed = false;
    const app = account().on("account.sign_out_everywhere", () => {
      if (!confirmed) throw cannot("refused", "not_confirmed");
      return null;
    });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Sign out everywhere" }));
    expect(await screen.findByText("This was not confirmed, so nothing was done.")).toBeInTheDocument();
    confirmed = true;
    await user.click(screen.getByRole("button", { name: "Sign out everywhere" }));
    expect(screen.queryByText("This was not confirmed, so nothing was done.")).not.toBeInTheDocument();
    const { active } = app.snapshot;
    expect(app.asked("account.sign_out_everywhere")).toEqual([
      { type: "sign_out_everywhere", account: active },
      { type: "sign_out_everywhere", account: active },
    ]);
  });

  test("a session that waits for a step says so", async () => {
    await openApp(account([session({}, { status: "pending" })]));
    expect(screen.getByText("This account is not ready yet")).toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });

  test("a session without its user can at least be signed out of", async () => {
    const app = account([session({}, { user: null })]);
    const user = await openApp(app);
    expect(screen.getByText(en.account.gone)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Sign out" }));
    expect(app.asked("account.sign_out")).toHaveLength(1);
  });
});

describe("the name", () => {
  test("can be changed: only what changed is sent, and it shows at once everywhere", async () => {
    const app = account();
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    expect(screen.getByLabelText("First name")).toHaveFocus();
    expect(screen.getByLabelText("First name")).toHaveValue("Ada");
    await fill(user, "First name", " Augusta ");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Augusta Lovelace" })).toBeInTheDocument();
    expect(app.asked("account.update")).toEqual([{ type: "update", account: KEY, first_name: "Augusta" }]);
    expect(screen.getByText("Saved.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Edit name" })).toHaveFocus();
    expect(screen.getByRole("button", { name: "Augusta Lovelace, This computer" })).toBeInTheDocument();
  });

  test("can be cleared", async () => {
    const app = account();
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await user.clear(screen.getByLabelText("Last name"));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => {
      expect(app.asked("account.update")).toEqual([{ type: "update", account: KEY, last_name: "" }]);
    });
  });

  test("is not sent when nothing changed", async () => {
    const app = account();
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(screen.getByRole("button", { name: "Edit name" })).toHaveFocus();
    expect(screen.queryByText("Saved.")).toBeNull();
    expect(app.asked("account.update")).toEqual([]);
  });

  test.each([["Escape"], ["Cancel"]])("is left as it was by %s, with the focus where it came from", async (way) => {
    const app = account();
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await fill(user, "First name", "Augusta");
    if (way === "Escape") await user.keyboard("{Escape}");
    else await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(screen.queryByLabelText("First name")).toBeNull();
    expect(screen.getByRole("button", { name: "Edit name" })).toHaveFocus();
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    expect(app.asked("account.update")).toEqual([]);
  });

  test("is sent once by a double click", async () => {
    const answer = held();
    const app = account().on("account.update", () => answer.promise);
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await fill(user, "First name", "Augusta");
    await user.dblClick(screen.getByRole("button", { name: /Save/ }));
    expect(app.asked("account.update")).toHaveLength(1);
  });

  test("that the instance refuses is said at its field, which has the focus and keeps what was typed", async () => {
    const app = account().on("account.update", () => {
      throw refusal("form_param_format_invalid", "last_name");
    });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await fill(user, "Last name", "<b>");
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(noteOf("Last name")).toBe("The instance says form_param_format_invalid.");
    });
    expect(screen.getByLabelText("Last name")).toHaveFocus();
    expect(screen.getByLabelText("Last name")).toHaveValue("<b>");
    expect(screen.getByLabelText("First name")).not.toHaveAttribute("aria-invalid");
    await expectNoAxeFindings();
  });

  test("that cannot be sent stays typed, with the reason above", async () => {
    const app = account().on("account.update", () => {
      throw unreachable();
    });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Edit name" }));
    await fill(user, "First name", "Augusta");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(screen.getByLabelText("First name")).toHaveValue("Augusta");
  });

  test("cannot be changed where the instance has no names", async () => {
    const { attributes } = ENVIRONMENT.user_settings;
    const none = { enabled: false, required: false };
    const user_settings = {
      ...ENVIRONMENT.user_settings,
      attributes: {
        ...attributes,
        first_name: { ...attributes.first_name, ...none },
        last_name: { ...attributes.last_name, ...none },
      },
    };
    const instance = localInstance([ADA], { environment: { ...ENVIRONMENT, user_settings } });
    await openApp(account([], { instances: [instance], active: KEY }));
    expect(screen.queryByRole("button", { name: "Edit name" })).toBeNull();
  });
});

describe("the session token", () => {
  /** A token that is good until ten past nine. */
  const jwt = `h.${btoa(JSON.stringify({ exp: NOW / 1000 + 60 }))}.s`;

  test("is copied by the app, never shown, and its end is said", async () => {
    const app = account().on("session.token", () => ({ jwt }));
    const user = await openApp(app);
    expect(app.asked("session.token")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Copy session token" }));
    expect(await screen.findByText(/^Copied\. The token is good until/)).toBeInTheDocument();
    expect(app.asked("session.token")).toEqual([{ type: "token", account: KEY, skip_cache: false }]);
    expect(app.asked("app.copy")).toEqual([{ type: "copy", text: jwt, secret: true }]);
    expect(document.body.innerHTML).not.toContain(jwt);
  });

  test("is asked for once by a double click", async () => {
    const answer = held();
    const app = account().on("session.token", () => answer.promise);
    const user = await openApp(app);
    await user.dblClick(screen.getByRole("button", { name: /Copy session token/ }));
    expect(app.asked("session.token")).toHaveLength(1);
  });

  test("that cannot be had is said", async () => {
    const app = account().on("session.token", () => {
      throw unreachable();
    });
    const user = await openApp(app);
    await user.click(screen.getByRole("button", { name: "Copy session token" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(app.asked("app.copy")).toEqual([]);
  });
});

describe("devices", () => {
  const elsewhere = {
    ...ACTIVE_SESSION,
    id: "sess_elsewhere",
    latest_activity: {
      object: "session_activity",
      id: "act_1",
      device_type: "Windows",
      is_mobile: false,
      browser_name: "Firefox",
      browser_version: "140.0",
      ip_address: "203.0.113.7",
      city: "Lisbon",
      country: "Portugal",
    },
  };

  test("are listed with this one first", async () => {
    const app = account().on("account.active_sessions", () => [elsewhere, { ...ACTIVE_SESSION, id: ADA.id }]);
    await openApp(app);
    const items = panel("Devices").getAllByRole("listitem");
    expect(items).toHaveLength(2);
    expect(items[0]).toHaveTextContent("Frontdesk 0.1.0, Linux");
    expect(items[0]).toHaveTextContent("This device");
    expect(items[1]).toHaveTextContent("Firefox 140.0, Windows");
    expect(items[1]).toHaveTextContent("Lisbon, Portugal, 203.0.113.7");
    expect(items[1]).not.toHaveTextContent("This device");
    await expectNoAxeFindings();
  });

  test("that nothing is known of are still listed", async () => {
    const app = account().on("account.active_sessions", () => [{ ...elsewhere, latest_activity: null }]);
    await openApp(app);
    expect(panel("Devices").getByText("Unknown device")).toBeInTheDocument();
  });

  test("are said to be none", async () => {
    await openApp(account().on("account.active_sessions", () => []));
    expect(panel("Devices").getByText("Only this device.")).toBeInTheDocument();
  });

  test("have a skeleton while they are asked for", async () => {
    const answer = held();
    const app = account().on("account.active_sessions", () => answer.promise);
    await openApp(app);
    expect(document.querySelector("[data-section='devices'] .skeleton")).not.toBeNull();
    await outside(() => {
      answer.answer([elsewhere]);
    });
    expect(document.querySelector("[data-section='devices'] .skeleton")).toBeNull();
    expect(panel("Devices").getByText("Firefox 140.0, Windows")).toBeInTheDocument();
  });

  test("that cannot be read say why, and are asked for again", async () => {
    let calls = 0;
    const app = account().on("account.active_sessions", () => {
      calls += 1;
      if (calls === 1) throw unreachable();
      return [elsewhere];
    });
    const user = await openApp(app);
    expect(panel("Devices").getByRole("alert")).toHaveTextContent(UNREACHABLE);
    await user.click(panel("Devices").getByRole("button", { name: "Try again" }));
    expect(await panel("Devices").findByText("Firefox 140.0, Windows")).toBeInTheDocument();
  });

  test("are not asked for again whenever the state changes", async () => {
    const app = account();
    await openApp(app);
    await outside(() => {
      app.change({ instances: [localInstance([session({ first: "Augusta" })])] });
    });
    expect(screen.getByRole("heading", { level: 1, name: "Augusta Lovelace" })).toBeInTheDocument();
    expect(app.asked("account.active_sessions")).toHaveLength(1);
  });

  test("sec_35 are not asked for while nobody looks, and at once when somebody does", async () => {
    const loading = localInstance([], { status: "loading", client: null, environment: null });
    const app = account([], { instances: [loading], active: KEY });
    await openApp(app);
    const sight = outOfSight();
    await sight.told();
    await outside(() => {
      app.change({ instances: [localInstance([ADA])] });
    });
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
    expect(app.asked("account.active_sessions")).toEqual([]);
    await sight.back();
    expect(app.asked("account.active_sessions")).toHaveLength(1);
    expect(panel("Devices").getAllByRole("listitem")).toHaveLength(1);
  });
});

describe("signing out", () => {
  function signOutButton() {
    return panel("Sign out").getAllByRole("button", { name: /Sign out/ })[0] as HTMLElement;
  }

  test("leads to Welcome when it was the last account", async () => {
    const app = account();
    const user = await openApp(app);
    await user.click(signOutButton());
    expect(await screen.findByRole("heading", { name: "Welcome to Frontdesk" })).toBeInTheDocument();
    expect(app.asked("account.sign_out")).toEqual([{ type: "sign_out", instance: LOCAL, session: ADA.id }]);
    expect(screen.queryByRole("button", { name: /Ada Lovelace/ })).toBeNull();
  });

  test("lets another account be chosen, and ends no other session", async () => {
    const grace = session({ first: "Grace", last: "Hopper", email: "grace@example.com" });
    const app = account([ADA, grace]);
    const user = await openApp(app);
    await user.click(signOutButton());
    expect(await screen.findByRole("heading", { level: 1, name: "Choose an account" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /Ada Lovelace/ })).toBeNull();
    expect(app.asked("account.set_active")).toEqual([]);
    expect(app.asked("account.sign_out")).toHaveLength(1);
    expect(screen.getAllByRole("button", { name: /Grace Hopper/ })).not.toEqual([]);
  });

  test("is sent once by a double click", async () => {
    const answer = held();
    const app = account().on("account.sign_out", () => answer.promise);
    const user = await openApp(app);
    await user.dblClick(signOutButton());
    expect(app.asked("account.sign_out")).toHaveLength(1);
  });

  test("that failed is said, and the account stays", async () => {
    const app = account().on("account.sign_out", () => {
      throw unreachable();
    });
    const user = await openApp(app);
    await user.click(signOutButton());
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    expect(screen.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeInTheDocument();
  });

  test("that takes long says so and can be cancelled", async () => {
    stopClock(NOW);
    const answer = held();
    await openApp(account().on("account.sign_out", () => answer.promise));
    fireEvent.click(signOutButton());
    await pass(2000);
    expect(panel("Sign out").getByText(en.waiting.for(en.instance.local))).toBeInTheDocument();
    fireEvent.click(panel("Sign out").getByRole("button", { name: "Cancel" }));
    expect(signOutButton()).not.toHaveAttribute("aria-busy");
  });
});
