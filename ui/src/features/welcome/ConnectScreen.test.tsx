import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import type { KeyPreview } from "../../bridge/KeyPreview";
import { desk } from "../../testing/desk";
import { cannot, localInstance, NOW, refusal, remoteInstance, UNREACHABLE, unreachable } from "../../testing/fixtures";
import { expectNoAxeFindings, fill, noteOf, openApp, outside, pass, stopClock } from "../../testing/render";
import { held, type StandIn } from "../../testing/stand-in";
import { en } from "../../words/en";

const KEY = "pk_live_Y2xlcmsuaGFyYm91ci5leGFtcGxlJA";
const LABEL = "Publishable key or address";
const HARBOUR: KeyPreview = {
  publishable_key: KEY,
  asked_host: null,
  host: "clerk.harbour.example",
  host_unicode: null,
  environment_type: "production",
};

/** A desk that knows the harbour's key and can add it. */
function reachable(preview: KeyPreview = HARBOUR): StandIn {
  const app = desk();
  return app
    .on("instance.inspect", () => preview)
    .on("instance.add", () => {
      app.change({ instances: [localInstance(), remoteInstance()] });
      return { instance: "remote" };
    });
}

async function open(app: StandIn = reachable()) {
  return { app, user: await openApp(app, [{ name: "connect" }]) };
}

/** Gives the key, and waits for the question. */
async function begin(app: StandIn = reachable()) {
  const { user } = await open(app);
  await fill(user, LABEL, KEY);
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { name: "Is this the right host?" });
  return { app, user };
}

describe("the key", () => {
  test("has the focus, and is not kept by password managers", async () => {
    await open();
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    expect(screen.getByLabelText(LABEL)).toHaveAttribute("autocomplete", "off");
    await expectNoAxeFindings();
  });

  test("is asked for when it is missing", async () => {
    const { app, user } = await open();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(noteOf(LABEL)).toBe("Paste the publishable key of the instance, or type its address.");
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    expect(app.asked("instance.inspect")).toEqual([]);
  });

  test("is read without the space around it", async () => {
    const { app, user } = await open();
    await fill(user, LABEL, `  ${KEY}\t`);
    await user.keyboard("{Enter}");
    await screen.findByText(HARBOUR.host);
    expect(app.asked("instance.inspect")).toEqual([{ type: "inspect", key_or_address: KEY }]);
  });

  test("that is none is refused at its field, which keeps it", async () => {
    const app = reachable().on("instance.inspect", () => {
      throw cannot("refused", "key_prefix");
    });
    const { user } = await open(app);
    await fill(user, LABEL, "sk_live_abc");
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(noteOf(LABEL)).toBe("This key cannot be used: a publishable key begins with pk_test_ or pk_live_.");
    });
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    expect(screen.getByLabelText(LABEL)).toHaveValue("sk_live_abc");
    await expectNoAxeFindings();
  });

  test("that is changed while it is read is not answered by the old key's host", async () => {
    const answer = held();
    const app = reachable().on("instance.inspect", () => answer.promise);
    const { user } = await open(app);
    await fill(user, LABEL, KEY);
    await user.keyboard("{Enter}");
    await fill(user, LABEL, "pk_live_another");
    await outside(() => {
      answer.answer(HARBOUR);
    });
    expect(screen.queryByText(HARBOUR.host)).toBeNull();
    expect(screen.getByLabelText(LABEL)).toHaveValue("pk_live_another");
  });
});

describe("the host", () => {
  test("is shown before anything is asked of it", async () => {
    const { app } = await begin();
    expect(screen.getByText(HARBOUR.host)).toBeInTheDocument();
    expect(screen.getByText("Production instance")).toBeInTheDocument();
    expect(app.asked("instance.add")).toEqual([]);
    await expectNoAxeFindings();
  });

  test("of another place than the address is shown with a warning, and the key's host is the one", async () => {
    const { app, user } = await begin(reachable({ ...HARBOUR, asked_host: "harbour.example" }));
    expect(screen.getByText("harbour.example names another host")).toBeInTheDocument();
    expect(screen.getByText(HARBOUR.host)).toHaveClass("host");
    await expectNoAxeFindings();
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(app.asked("instance.add")).toEqual([{ type: "add", publishable_key: KEY }]);
  });

  test("of another script is shown as it is on the wire, with a warning", async () => {
    await begin(
      reachable({
        ...HARBOUR,
        host: "clerk.xn--hrbour-bua.example",
        host_unicode: "clerk.härbour.example",
        environment_type: "development",
      }),
    );
    expect(screen.getByText("clerk.xn--hrbour-bua.example")).toBeInTheDocument();
    expect(screen.getByText("People read it as clerk.härbour.example.")).toBeInTheDocument();
    expect(screen.getByText("Development instance")).toBeInTheDocument();
    await expectNoAxeFindings();
  });

  test.each([["Use another key or address"], ["Back"]])("%s leads back to the key, which is still there", async (name) => {
    const { app, user } = await begin();
    await user.click(screen.getByRole("button", { name }));
    expect(screen.getByLabelText(LABEL)).toHaveValue(KEY);
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    expect(app.asked("instance.add")).toEqual([]);
  });

  test("once confirmed leads to signing in there", async () => {
    const { app, user } = await begin();
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
    expect(screen.getByText("clerk.harbour.example", { ignore: "[hidden] *" })).toBeInTheDocument();
    expect(screen.getByLabelText("Email address")).toHaveFocus();
    expect(app.asked("instance.add")).toEqual([{ type: "add", publishable_key: KEY }]);
  });

  test("is connected to once by a double click", async () => {
    const answer = held();
    const { app, user } = await begin(reachable().on("instance.add", () => answer.promise));
    await user.dblClick(screen.getByRole("button", { name: "Connect" }));
    expect(app.asked("instance.add")).toHaveLength(1);
  });

  test("that cannot be reached is named, and can be tried again", async () => {
    const app = reachable().on("instance.add", () => {
      throw unreachable();
    });
    const { user } = await begin(app);
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(UNREACHABLE);
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(app.asked("instance.add")).toHaveLength(2);
  });

  test("that refuses says why", async () => {
    const app = reachable().on("instance.add", () => {
      throw refusal("native_api_disabled");
    });
    const { user } = await begin(app);
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This instance does not let apps in.");
  });

  test("that takes long is named, and waiting can be ended", async () => {
    stopClock(NOW);
    const answer = held();
    const app = reachable().on("instance.add", () => answer.promise);
    await open(app);
    fireEvent.change(screen.getByLabelText(LABEL), { target: { value: KEY } });
    fireEvent.click(screen.getByRole("button", { name: "Continue" }));
    await pass(0);
    fireEvent.click(screen.getByRole("button", { name: "Connect" }));
    await pass(2000);
    expect(screen.getByText(en.waiting.for(HARBOUR.host))).toBeInTheDocument();
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await outside(() => {
      answer.answer({ instance: "remote" });
    });
    expect(screen.getByRole("heading", { name: "Is this the right host?" })).toBeInTheDocument();
  });
});
