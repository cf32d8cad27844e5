import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { desk } from "../../testing/desk";
import {
  cannot,
  LOCAL,
  localInstance,
  NOW,
  outboxMessage,
  problem,
  remoteInstance,
  snapshot,
  UNREACHABLE,
  unreachable,
} from "../../testing/fixtures";
import { expectNoAxeFindings, openApp, outOfSight, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const OUTBOX = { name: "outbox" } as const;
const FIRST = outboxMessage({ id: "msg_1", code: "111111", to: "ada@example.com" });
const SECOND = outboxMessage({ id: "msg_2", code: "222222", to: "grace@example.com", created_at: NOW + 60_000 });

/** A desk whose outbox holds these, until they are changed. */
function holding(messages: unknown[]): StandIn {
  return desk().on("instance.outbox", () => messages);
}

function subjects() {
  return screen.queryAllByRole("heading", { level: 2 }).map((heading) => heading.textContent);
}

describe("states", () => {
  test("empty says what will come, and how", async () => {
    await openApp(holding([]), [OUTBOX]);
    expect(screen.getByRole("heading", { level: 1, name: "Outbox" })).toHaveFocus();
    expect(subjects()).toEqual(["Nothing here yet"]);
    await expectNoAxeFindings();
  });

  test("loading has a skeleton", async () => {
    const answer = held();
    await openApp(desk().on("instance.outbox", () => answer.promise), [OUTBOX]);
    expect(document.querySelectorAll(".screen:not([hidden]) .skeleton")).toHaveLength(2);
    await outside(() => {
      answer.answer([FIRST]);
    });
    expect(subjects()).toEqual([FIRST.subject]);
    expect(document.querySelectorAll(".screen:not([hidden]) .skeleton")).toHaveLength(0);
  });

  test("a fault is said, and reading goes on after it", async () => {
    let calls = 0;
    const app = desk().on("instance.outbox", () => {
      calls += 1;
      if (calls === 1) throw unreachable();
      return [FIRST];
    });
    const user = await openApp(app, [OUTBOX]);
    expect(screen.getByRole("alert")).toHaveTextContent(UNREACHABLE);
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: FIRST.subject })).toBeInTheDocument();
  });

  test("an instance that cannot be opened says why, and is not asked", async () => {
    const app = desk(snapshot([localInstance([], { status: "error", client: null, problem: problem("data_folder_unwritable", { detail: "the disk is full" }) })]));
    await openApp(app, [OUTBOX]);
    expect(screen.getByRole("alert")).toHaveTextContent(/^.*cannot write to its folder.*the disk is full/);
    expect(app.asked("instance.outbox")).toEqual([]);
  });

  test("without an instance on this computer there are no messages here", async () => {
    await openApp(desk(snapshot([remoteInstance()])), [OUTBOX]);
    expect(screen.getByText(en.outbox.none)).toBeInTheDocument();
    await expectNoAxeFindings();
  });
});

describe("messages", () => {
  test("come newest first, and the newest is announced", async () => {
    const app = holding([FIRST, SECOND]);
    await openApp(app, [OUTBOX]);
    expect(subjects()).toEqual([SECOND.subject, FIRST.subject]);
    expect(screen.getByText(en.outbox.newest(SECOND.subject, SECOND.to))).toHaveAttribute("role", "status");
    expect(app.asked("instance.outbox")[0]).toEqual({ type: "outbox", instance: LOCAL });
    await expectNoAxeFindings();
  });

  test("have their code ready to copy, and say that it was", async () => {
    const app = holding([FIRST, SECOND]);
    const user = await openApp(app, [OUTBOX]);
    const newest = within(screen.getAllByRole("listitem").filter((item) => item.matches(".message"))[0]!);
    expect(newest.getByText("222222")).toBeInTheDocument();
    await user.click(newest.getByRole("button", { name: "Copy code" }));
    expect(app.asked("app.copy")).toEqual([{ type: "copy", text: "222222", secret: true }]);
    expect(newest.getByRole("status")).toHaveTextContent("Copied");
    expect(newest.getByRole("button", { name: "Copied" })).toBeInTheDocument();
  });

  test("whose code cannot be copied say so beside it", async () => {
    const app = holding([FIRST]).on("app.copy", () => {
      throw cannot("refused", "clipboard_failed");
    });
    const user = await openApp(app, [OUTBOX]);
    await user.click(screen.getByRole("button", { name: "Copy code" }));
    expect(await screen.findByText("The text could not be copied: the system's clipboard did not answer. Try again, or select the text and copy it by hand.")).toBeInTheDocument();
  });

  test("say that they were copied for a moment only", async () => {
    stopClock(NOW);
    await openApp(holding([FIRST]), [OUTBOX]);
    fireEvent.click(screen.getByRole("button", { name: "Copy code" }));
    await pass(2499);
    expect(screen.getByRole("button", { name: "Copied" })).toBeInTheDocument();
    await pass(1);
    expect(screen.getByRole("button", { name: "Copy code" })).toBeInTheDocument();
  });

  test("with a code show their text on request; those without show it at once", async () => {
    const user = await openApp(
      holding([FIRST, outboxMessage({ id: "msg_3", code: null, subject: "Your password was changed", body: "Hello" })]),
      [OUTBOX],
    );
    expect(screen.getByText("Hello")).toBeInTheDocument();
    expect(screen.queryByText(/It is good for ten minutes/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Message" }));
    expect(screen.getByText(/It is good for ten minutes/)).toBeInTheDocument();
  });

  test("never become markup", async () => {
    await openApp(
      holding([outboxMessage({ code: null, subject: "<img src=x>", body: "<script>1</script><b id='b'>bold</b>" })]),
      [OUTBOX],
    );
    expect(screen.getByRole("heading", { level: 2, name: "<img src=x>" })).toBeInTheDocument();
    expect(document.querySelector("#b")).toBeNull();
  });
});

describe("reading again", () => {
  test("brings new messages by itself while on screen", async () => {
    stopClock(NOW);
    const messages = [FIRST];
    await openApp(desk().on("instance.outbox", () => [...messages]), [OUTBOX]);
    messages.push(SECOND);
    await pass(1499);
    expect(subjects()).toEqual([FIRST.subject]);
    await pass(1);
    expect(subjects()).toEqual([SECOND.subject, FIRST.subject]);
  });

  test("rests while another screen covers it, and goes on after", async () => {
    stopClock(NOW);
    const app = holding([FIRST]);
    await openApp(app, [OUTBOX]);
    fireEvent.click(screen.getByRole("button", { name: "Settings" }));
    await pass(0);
    const before = app.asked("instance.outbox").length;
    await pass(10_000);
    expect(app.asked("instance.outbox")).toHaveLength(before);
    fireEvent.keyDown(document.body, { key: "Escape" });
    await pass(0);
    expect(app.asked("instance.outbox")).toHaveLength(before + 1);
  });

  test("sec_35 rests while the window is out of sight, and goes on at once when it is back", async () => {
    stopClock(NOW);
    const app = holding([FIRST]);
    await openApp(app, [OUTBOX]);
    const before = app.asked("instance.outbox").length;
    const sight = outOfSight();
    await sight.told();
    await pass(10_000);
    expect(app.asked("instance.outbox")).toHaveLength(before);
    expect(subjects()).toEqual([FIRST.subject]);
    await sight.back();
    expect(app.asked("instance.outbox")).toHaveLength(before + 1);
    await pass(1500);
    expect(app.asked("instance.outbox")).toHaveLength(before + 2);
  });

  test("ends when the screen is left", async () => {
    stopClock(NOW);
    const app = holding([FIRST]);
    await openApp(app, [OUTBOX]);
    fireEvent.click(screen.getByRole("button", { name: "Back" }));
    const before = app.asked("instance.outbox").length;
    await pass(10_000);
    expect(app.asked("instance.outbox")).toHaveLength(before);
  });
});
