import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { SessionView } from "../bridge/SessionView";
import { LOCAL, localInstance, session, snapshot } from "../testing/fixtures";
import { outside, renderAt } from "../testing/render";
import { StandIn } from "../testing/stand-in";
import { ClerkDegraded, ClerkFailed, ClerkLoaded, ClerkLoading, SignedIn, SignedOut } from "./controls";

type Status = "loading" | "ready" | "degraded" | "error";

const EVERY = (
  <>
    <ClerkLoading>loading</ClerkLoading>
    <ClerkLoaded>loaded</ClerkLoaded>
    <ClerkDegraded>degraded</ClerkDegraded>
    <ClerkFailed>failed</ClerkFailed>
    <SignedIn>in</SignedIn>
    <SignedOut>out</SignedOut>
  </>
);
const CONTROLS = { ClerkLoaded, ClerkLoading, ClerkDegraded, ClerkFailed, SignedIn, SignedOut };

function instance(status: Status, sessions: SessionView[]) {
  const unread = status === "loading" || status === "error";
  return localInstance(sessions, { status, ...(unread && { client: null, environment: null }) });
}

function app(status: Status, sessions: SessionView[] = []): StandIn {
  return new StandIn(snapshot([instance(status, sessions)]));
}

function drawn(): string {
  return document.body.textContent;
}

const ADA = session();

test.each([
  ["loading", [], "loading"],
  ["error", [], "failed"],
  ["ready", [], "loadedout"],
  ["ready", [ADA], "loadedin"],
  ["degraded", [], "loadeddegradedout"],
  ["degraded", [ADA], "loadeddegradedin"],
] as const)("%s with %j draws %s", async (status, sessions, expected) => {
  await renderAt(app(status, [...sessions]), EVERY);
  expect(drawn()).toBe(expected);
});

test("each follows the state: loading, then signed in, then signed out", async () => {
  const from = app("loading");
  await renderAt(from, EVERY);
  expect(drawn()).toBe("loading");
  await outside(() => {
    from.change({ instances: [instance("ready", [ADA])], active: { instance: LOCAL, session: ADA.id } });
  });
  expect(drawn()).toBe("loadedin");
  await outside(() => {
    from.change({ instances: [instance("ready", [])], active: null });
  });
  expect(drawn()).toBe("loadedout");
});

test("before the app has answered at all, neither signed in nor signed out", async () => {
  await renderAt(new StandIn(snapshot([])), EVERY);
  expect(drawn()).toBe("loading");
});

test("a pending session is signed out, unless told otherwise", async () => {
  await renderAt(
    app("ready", [session({}, { status: "pending" })]),
    <>
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
      <SignedIn treatPendingAsSignedOut={false}>in after all</SignedIn>
      <SignedOut treatPendingAsSignedOut={false}>out after all</SignedOut>
    </>,
  );
  expect(drawn()).toBe("outin after all");
});

test("a session without claims is signed in all the same", async () => {
  await renderAt(app("ready", [session({}, { claims: null })]), EVERY);
  expect(drawn()).toBe("loadedin");
});

test.each(Object.keys(CONTROLS) as (keyof typeof CONTROLS)[])("%s outside a provider throws", (name) => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const Control = CONTROLS[name];
  expect(() => render(<Control>words</Control>)).toThrow("can only be used inside <ClerkProvider>.");
  expect(screen.queryByText("words")).toBeNull();
});
