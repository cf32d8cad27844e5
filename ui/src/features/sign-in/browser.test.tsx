import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { FlowState } from "../../bridge/FlowState";
import type { FlowView } from "../../bridge/FlowView";
import type { InstanceView } from "../../bridge/InstanceView";
import { CODE, desk } from "../../testing/desk";
import {
  cannot,
  flow,
  localInstance,
  problem,
  refusal,
  session,
  SIGN_IN,
  SIGN_UP,
  snapshot,
  withProviders,
} from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside } from "../../testing/render";
import { held, type Request, type StandIn } from "../../testing/stand-in";

const SCREEN = { name: "sign-in", instance: "local" } as const;
const UP = { name: "sign-up", instance: "local" } as const;

/** An app whose instance has providers, and that goes out when asked. */
function app(over: Partial<InstanceView> = {}, flows: FlowView[] = []): StandIn {
  const start = desk(snapshot([{ ...withProviders(localInstance()), ...over }], { flows }));
  const begin = ({ strategy }: Request) => {
    const id = `flow_${start.asked("sign_in.authenticate_with_redirect").length}`;
    start.change({ flows: [flow({ id, strategy: String(strategy) })] });
    return { flow: id };
  };
  return start
    .on("sign_in.authenticate_with_redirect", begin)
    .on("sign_up.authenticate_with_redirect", ({ strategy }) => {
      start.change({ flows: [flow({ purpose: { type: "sign_up" }, strategy: String(strategy) })] });
      return { flow: "flow_1" };
    });
}

/** The flow stands so from now on. */
async function stands(desk: StandIn, state: FlowState, over: Partial<FlowView> = {}): Promise<void> {
  await outside(() => {
    desk.change({ flows: desk.snapshot.flows.map((it) => ({ ...it, ...over, state })) });
  });
}

/** Somebody is signed in by the browser. */
async function signedIn(desk: StandIn): Promise<string> {
  const opened = session();
  await outside(() => {
    const [instance] = desk.snapshot.instances;
    if (!instance?.client) throw new Error("There is no instance.");
    const client = { ...instance.client, sessions: [opened] };
    desk.change({
      instances: [{ ...instance, client }],
      flows: desk.snapshot.flows.map((it) => ({
        ...it,
        state: { type: "ended", outcome: { type: "signed_in", session: opened.id } },
      })),
    });
  });
  return opened.id;
}

const buttons = () =>
  screen.queryAllByRole("button", { name: /^Continue with/ }).map((button) => button.textContent);

describe("the way out", () => {
  test("there is a button for each provider that signs in, in one order, and the last one says so", async () => {
    await openApp(app({ last_strategy: "oauth_google" }), [SCREEN]);
    expect(buttons()).toEqual([
      "Continue with GitHub",
      "Continue with GoogleLast used",
      "Continue with Harbour ID",
    ]);
    expect(screen.getByRole("button", { name: "Continue with Google" })).toHaveAccessibleDescription("Last used");
  });

  test("an instance without providers shows nothing of it", async () => {
    await openApp(desk(), [SCREEN]);
    expect(buttons()).toEqual([]);
    expect(screen.queryByText("or")).not.toBeInTheDocument();
  });

  test("who comes back is in", async () => {
    const start = app();
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    expect(start.asked("sign_in.authenticate_with_redirect")).toEqual([
      { type: "authenticate_with_redirect", instance: "local", strategy: "oauth_google" },
    ]);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Go on in your browser");
    expect(screen.getByText(/Google is open at accounts.google.com/)).toBeInTheDocument();
    expect(screen.getByText(/^Waiting for the browser until/)).toBeInTheDocument();
    const id = await signedIn(start);
    await waitFor(() => expect(start.snapshot.active).toEqual({ instance: "local", session: id }));
    expect(start.asked("instance.cancel_flow")).toEqual([{ type: "cancel_flow", flow: "flow_1" }]);
    expect(start.snapshot.flows).toEqual([]);
  });

  test("a sign-up goes out as well", async () => {
    const start = app();
    const user = await openApp(start, [UP]);
    await user.click(screen.getByRole("button", { name: "Continue with GitHub" }));
    expect(start.asked("sign_up.authenticate_with_redirect")).toHaveLength(1);
    expect(screen.getByText(/GitHub is open at/)).toBeInTheDocument();
    const id = await signedIn(start);
    await waitFor(() => expect(start.snapshot.active).toEqual({ instance: "local", session: id }));
  });

  test("a double click is one press, and a press of another button is not lost", async () => {
    const start = app();
    const slow = held();
    const asked: unknown[] = [];
    start.on("sign_in.authenticate_with_redirect", ({ strategy }) => {
      asked.push(strategy);
      return asked.length === 1 ? slow.promise : { flow: "flow_2" };
    });
    const user = await openApp(start, [SCREEN]);
    await user.dblClick(screen.getByRole("button", { name: "Continue with Google" }));
    expect(asked).toEqual(["oauth_google"]);
    await user.click(screen.getByRole("button", { name: "Continue with GitHub" }));
    expect(asked).toEqual(["oauth_google", "oauth_github"]);
    slow.refuse(refusal("client_state_invalid"));
    await act(() => Promise.resolve());
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    // After an answer the same button begins anew.
    await user.click(screen.getByRole("button", { name: "Continue with GitHub" }));
    expect(asked).toHaveLength(3);
  });

  test("who has left before the browser is opened is not shown what opened after all", async () => {
    const start = app();
    const slow = held();
    start.on("sign_in.authenticate_with_redirect", () => slow.promise);
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    await user.keyboard("{Escape}");
    await outside(() => {
      start.change({ flows: [flow({ id: "flow_7" })] });
    });
    slow.answer({ flow: "flow_7" });
    await waitFor(() => {
      expect(start.asked("instance.cancel_flow")).toEqual([{ type: "cancel_flow", flow: "flow_7" }]);
    });
    expect(start.snapshot.flows).toEqual([]);
  });
});

describe("while the browser has it", () => {
  test("it can be cancelled, and begun again at once", async () => {
    const start = app({}, [flow()]);
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(start.snapshot.flows).toEqual([]);
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Go on in your browser");
    await user.keyboard("{Escape}");
    expect(start.snapshot.flows).toEqual([]);
  });

  test("the page is opened again, and its link copied by the app itself", async () => {
    const start = app({}, [flow()]);
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Open again" }));
    expect(start.asked("instance.open_flow")).toEqual([{ type: "open_flow", flow: "flow_1" }]);
    await user.click(screen.getByRole("button", { name: "Copy link" }));
    expect(start.asked("app.copy_flow_link")).toEqual([{ type: "copy_flow_link", flow: "flow_1" }]);
    expect(start.asked("app.copy")).toEqual([]);
    expect(screen.getByText("Copied. The link leaves the clipboard after a minute.")).toBeInTheDocument();
    start.on("app.copy_flow_link", () => {
      throw cannot("refused", "clipboard_failed");
    });
    await user.click(screen.getByRole("button", { name: "Copy link" }));
    expect(screen.getByText(/could not be copied/)).toBeInTheDocument();
  });

  test("an address can be pasted, and what is wrong with one stands beside it", async () => {
    const start = app({}, [flow()]);
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Paste address" }));
    const field = screen.getByLabelText("Address at the end");
    expect(field).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(noteOf("Address at the end")).toBe("Paste the address that the browser shows at the end.");
    for (const [reason, words] of [
      ["callback_elsewhere", /does not lead back/],
      ["callback_damaged", /is damaged/],
      ["callback_unknown", /knows nothing of this address/],
    ] as const) {
      start.on("instance.paste_address", () => {
        throw cannot("refused", reason);
      });
      await fill(user, "Address at the end", " https://example.com/wrong ");
      await user.click(screen.getByRole("button", { name: "Go on" }));
      expect(noteOf("Address at the end")).toMatch(words);
      await waitFor(() => expect(field).toHaveFocus());
      expect(field).toHaveValue(" https://example.com/wrong ");
    }
    start.on("instance.paste_address", () => null);
    await fill(user, "Address at the end", " org.example.desk://callback?rotating_token_nonce=a ");
    await user.keyboard("{Enter}");
    expect(start.asked("instance.paste_address").at(-1)).toEqual({
      type: "paste_address",
      flow: "flow_1",
      address: "org.example.desk://callback?rotating_token_nonce=a",
    });
  });

  test("a host that nobody knows is asked about before anything opens", async () => {
    const start = app({}, [flow({ host: "login.acme.example", state: { type: "asking" } })]);
    const user = await openApp(start, [SCREEN]);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Open login.acme.example?");
    expect(screen.queryByRole("button", { name: "Copy link" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Open in the browser" }));
    expect(start.asked("instance.trust_flow_host")).toEqual([{ type: "trust_flow_host", flow: "flow_1" }]);
    await stands(start, { type: "waiting" });
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Go on in your browser");
  });

  test("it says when no browser opened, and when the instance cannot be asked yet", async () => {
    const start = app({}, [flow({ state: { type: "unopened", detail: "no program" } })]);
    await openApp(start, [SCREEN]);
    expect(screen.getByText(/Nothing could be opened \(no program\)/)).toBeInTheDocument();
    await stands(start, { type: "returning", problem: problem("network_unreachable", { subject: "Harbour" }) });
    expect(screen.getByText(/Harbour cannot be reached/)).toBeInTheDocument();
    expect(screen.getByText("This is tried again by itself.")).toBeInTheDocument();
    await expectNoAxeFindings();
  });
});

describe("what came back", () => {
  const lacking = {
    ...SIGN_UP,
    missing_fields: ["first_name"],
    unverified_fields: [],
    verifications: {
      ...SIGN_UP.verifications,
      external_account: { ...(SIGN_IN.first_factor_verification ?? {}), status: "verified", strategy: "oauth_google" },
    },
  };

  /** The attempt of the instance stands so, and the flow has ended with it. */
  const goesOn = async (start: StandIn, client: object, purpose: "sign_in" | "sign_up") => {
    await outside(() => {
      start.change({
        instances: start.snapshot.instances.map((it) => ({ ...it, client: it.client && { ...it.client, ...client } })),
        flows: start.snapshot.flows.map((it) => ({
          ...it,
          purpose: { type: purpose },
          state: { type: "ended", outcome: { type: "goes_on" } },
        })),
      });
    });
  };

  test("what a new person lacks is asked for in the window", async () => {
    const start = app({}, [flow()]);
    start.on("sign_up.update", () => ({ ...lacking, missing_fields: [], status: "complete", created_session_id: "sess_9" }));
    const user = await openApp(start, [SCREEN]);
    await goesOn(start, { sign_up: lacking }, "sign_up");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("One thing more");
    expect(screen.getByText(/Google has said who you are/)).toBeInTheDocument();
    expect(screen.queryByLabelText("Password")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(noteOf("First name")).toBe("Enter your first name.");
    await fill(user, "First name", " Ada ");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(start.asked("sign_up.update")).toEqual([
      { type: "update", instance: "local", fields: { first_name: "Ada" } },
    ]);
    await waitFor(() => expect(start.snapshot.active?.session).toBe("sess_9"));
  });

  test("what this app cannot ask for is named", async () => {
    const start = app({}, [flow()]);
    await openApp(start, [SCREEN]);
    await goesOn(start, { sign_up: { ...lacking, missing_fields: ["web3_wallet"] } }, "sign_up");
    expect(screen.getByText(/you also need: wallet/)).toBeInTheDocument();
  });

  test("an address that the provider does not vouch for is proven by a code first", async () => {
    const start = app({}, [flow()]);
    start.on("sign_in.prepare_first_factor", () => null);
    const user = await openApp(start, [SCREEN]);
    const factor = { strategy: "email_code", email_address_id: "idn_1", safe_identifier: "a**@e***.com" };
    const attempt = { ...SIGN_IN, status: "needs_first_factor", supported_first_factors: [factor] };
    start.on("sign_in.prepare_first_factor", () => attempt);
    start.on("sign_in.attempt_first_factor", ({ code }) => {
      if (code !== CODE) throw refusal("form_code_incorrect", "code");
      return { ...attempt, status: "complete", created_session_id: "sess_9" };
    });
    await goesOn(start, { sign_in: attempt }, "sign_in");
    expect(await screen.findByText(/we sent to a\*\*@e\*\*\*\.com/)).toBeInTheDocument();
    expect(start.asked("sign_in.prepare_first_factor")).toEqual([
      { type: "prepare_first_factor", instance: "local", strategy: "email_code", email_address_id: "idn_1" },
    ]);
    await fill(user, "Verification code", CODE);
    await waitFor(() => expect(start.snapshot.active?.session).toBe("sess_9"));
  });

  test.each([
    ["needs_new_password", "Choose a new password"],
    ["needs_second_factor", "One more step is needed"],
  ])("%s goes on as it does elsewhere", async (status, title) => {
    const start = app({}, [flow()]);
    await openApp(start, [SCREEN]);
    await goesOn(start, { sign_in: { ...SIGN_IN, status } }, "sign_in");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(title);
  });

  describe.each([
    ["en", "Email address"],
    ["de", "E-Mail-Adresse"],
  ])("in %s", (language, field) => {
    test.each([
      ["oauth_access_denied", { en: /did not agree/, de: /habt nicht zugestimmt/ }],
      ["flow_expired", { en: /did not come back in time/, de: /kam nicht rechtzeitig zurück/ }],
      ["oauth_callback_invalid", { en: /cannot use\. Begin again/, de: /nicht brauchen kann\. Fang neu an/ }],
      ["oauth_identification_claimed", { en: /belongs to somebody else/, de: /gehört bei dieser Instanz jemand anderem/ }],
      ["oauth_account_already_connected", { en: /connected already/, de: /ist schon verbunden/ }],
      ["identifier_already_signed_in", { en: /signed in here already/, de: /hier schon angemeldet/ }],
      ["not_allowed_access", { en: /part after \+/, de: /Teils nach dem \+/ }],
      ["oauth_fetch_user_error", { en: /it may be down/, de: /vielleicht ist er gestört/ }],
      ["oauth_token_exchange_error", { en: /the clock of the instance/, de: /die Uhr der Instanz/ }],
      ["oauth_config_missing", { en: /not been set up for this provider/, de: /noch nicht eingerichtet/ }],
      ["user_banned", { en: /have banned this account/, de: /dieses Konto ausgeschlossen/ }],
      ["something_else", { en: /The instance says it\./, de: /The instance says it\./ }],
    ])("%s is said in words", async (code, words) => {
      const start = app({}, [flow()]);
      start.on("app.preferences", () => ({ theme: "system", language }));
      await openApp(start, [SCREEN]);
      const failed = { code, message: "The instance says it.", trace_id: null, said: null };
      const outcome = { type: "failed", problem: code === "flow_expired" ? problem(code) : failed } as const;
      await stands(start, { type: "ended", outcome });
      expect(screen.getByRole("alert")).toHaveTextContent(words[language as "en" | "de"]);
      expect(screen.getByLabelText(field)).toBeInTheDocument();
      expect(start.snapshot.flows).toEqual([]);
    });
  });

  test("one that took too long says so", async () => {
    const start = app({}, [flow()]);
    await openApp(start, [UP]);
    await stands(start, { type: "ended", outcome: { type: "failed", problem: problem("flow_expired") } });
    expect(screen.getByRole("alert")).toHaveTextContent(/did not come back in time/);
  });

  test.each([
    ["resource_missmatch", /add this address/, "org.example.desk://callback"],
    ["native_api_disabled", /turn on the Native API/, /^Please turn on the Native API for 127\.0\.0\.1:47113/],
  ])("where only the owner can help, what they have to add can be copied: %s", async (code, words, text) => {
    const start = app();
    start.on("sign_in.authenticate_with_redirect", () => {
      throw refusal(code, null, { status: 400 });
    });
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    expect(screen.getByRole("alert")).toHaveTextContent(words);
    await user.click(screen.getByRole("button", { name: "Copy" }));
    const [copied] = start.asked("app.copy");
    expect(copied?.["text"]).toEqual(typeof text === "string" ? text : expect.stringMatching(text));
  });
});

describe("from anywhere", () => {
  test("a start that finds one waiting shows it", async () => {
    const start = app({}, [flow()]);
    await openApp(start);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Go on in your browser");
  });

  test("who has gone elsewhere is led back when the browser is", async () => {
    const start = app();
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    await user.click(screen.getByRole("button", { name: "Settings" }));
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Settings");
    await stands(start, { type: "returning", problem: null });
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Finishing");
    const id = await signedIn(start);
    await waitFor(() => expect(start.snapshot.active?.session).toBe(id));
  });

  test("who was led back by what came for another one is led back at the end as well", async () => {
    const start = app();
    const user = await openApp(start, [SCREEN]);
    await user.click(screen.getByRole("button", { name: "Continue with Google" }));
    await stands(start, { type: "returning", problem: null });
    await stands(start, { type: "waiting" });
    await user.click(screen.getByRole("button", { name: "Settings" }));
    // One that anybody can make up leads nobody away twice.
    await stands(start, { type: "returning", problem: null });
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Settings");
    await stands(start, { type: "ended", outcome: { type: "failed", problem: problem("flow_expired") } });
    expect(screen.getByRole("alert")).toHaveTextContent(/did not come back in time/);
  });
});
