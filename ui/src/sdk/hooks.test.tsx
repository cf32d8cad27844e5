import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, test, vi } from "vitest";

import type { InstanceView } from "../bridge/InstanceView";
import type { SessionView } from "../bridge/SessionView";
import type { Snapshot } from "../bridge/Snapshot";
import {
  LOCAL,
  localInstance,
  NOW,
  remoteInstance,
  session,
  SIGN_IN,
  SIGN_UP,
  snapshot,
} from "../testing/fixtures";
import { outside, renderAt } from "../testing/render";
import { StandIn } from "../testing/stand-in";
import { useAuth, useClerk, useSession, useSessionList, useSignIn, useSignUp, useUser } from "./hooks";

const ADA = session();
const GRACE = session({ first: "Grace", last: "Hopper", email: "grace@example.com" });
const NOT_YET: Partial<InstanceView> = { client: null, environment: null };

/** An app that shows the first of these sessions. */
function app(sessions: SessionView[] = [], over: Partial<Snapshot> = {}): StandIn {
  return new StandIn(snapshot([localInstance(sessions)], over));
}

/** An app whose instance is in a state before it has answered. */
function unanswered(status: InstanceView["status"]): StandIn {
  return app([], { instances: [localInstance([], { ...NOT_YET, status })] });
}

/** What a hook answers now, below a provider. */
async function read<T>(hook: () => T, from: StandIn, instance = LOCAL): Promise<{ current: T; draws: number }> {
  const result = { draws: 0 } as { current: T; draws: number };
  function Reader() {
    const value = hook();
    // The value of the last drawing is what is judged, which has no place in what is drawn.
    record(result, value);
    return null;
  }
  await renderAt(from, <Reader />, instance);
  return result;
}

function record<T>(result: { current: T; draws: number }, value: T): void {
  result.current = value;
  result.draws += 1;
}

describe("useAuth", () => {
  const LOADING = {
    isLoaded: false,
    isSignedIn: undefined,
    userId: undefined,
    sessionId: undefined,
    sessionClaims: undefined,
    actor: undefined,
    orgId: undefined,
    orgRole: undefined,
    orgSlug: undefined,
  };
  const SIGNED_OUT = {
    isLoaded: true,
    isSignedIn: false,
    userId: null,
    sessionId: null,
    sessionClaims: null,
    actor: null,
    orgId: null,
    orgRole: null,
    orgSlug: null,
  };

  test.each(["loading", "error"] as const)("%s: nothing is known, and has() refuses", async (status) => {
    const { current } = await read(useAuth, unanswered(status));
    expect(current).toEqual({ ...LOADING, has: current.has, signOut: current.signOut, getToken: current.getToken });
    expect(current.has({ role: "org:admin" })).toBe(false);
  });

  test("signed out: null throughout, and no token", async () => {
    const { current } = await read(useAuth, app());
    expect(current).toEqual({ ...SIGNED_OUT, has: current.has, signOut: current.signOut, getToken: current.getToken });
    expect(current.has({ role: "org:admin" })).toBe(false);
    await expect(current.getToken()).resolves.toBeNull();
  });

  test("signed in: ids and claims, organization null without an active one", async () => {
    const { current } = await read(useAuth, app([ADA]));
    expect(current).toMatchObject({
      isLoaded: true,
      isSignedIn: true,
      userId: "user_ada@example.com",
      sessionId: ADA.id,
      sessionClaims: ADA.claims,
      actor: null,
      orgId: null,
      orgRole: null,
      orgSlug: null,
    });
  });

  test("from the sealed cache: signed in as well", async () => {
    const cached = app([], {
      instances: [localInstance([ADA], { status: "degraded" })],
      active: { instance: LOCAL, session: ADA.id },
    });
    const { current } = await read(useAuth, cached);
    expect(current).toMatchObject({ isLoaded: true, isSignedIn: true, userId: "user_ada@example.com" });
  });

  test("an actor and an active organization are read from the claims of version 2", async () => {
    const claims = { ...ADA.claims, act: { sub: "user_admin" }, o: { id: "org_1", slg: "works", rol: "admin" } };
    const { current } = await read(useAuth, app([session({}, { claims })]));
    expect(current).toMatchObject({
      actor: { sub: "user_admin" },
      orgId: "org_1",
      orgSlug: "works",
      orgRole: "org:admin",
    });
    expect(current.has({ role: "org:admin" })).toBe(true);
    expect(current.has({ role: "admin" })).toBe(true);
    expect(current.has({ role: "org:member" })).toBe(false);
  });

  test("an active organization is read from the claims of version 1, which may have no slug", async () => {
    const claims = { sub: "user_ada@example.com", org_id: "org_1", org_role: "org:member", org_slug: null };
    const { current } = await read(useAuth, app([session({}, { claims })]));
    expect(current).toMatchObject({ orgId: "org_1", orgRole: "org:member", orgSlug: null });
  });

  test("a session without a token is an invalid state", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const from = app([session({}, { claims: null })]);
    await expect(read(useAuth, from)).rejects.toThrow("has no token yet");
  });

  test("a pending session counts as signed out, unless told otherwise", async () => {
    const pending = app([session({}, { status: "pending" })]);
    expect((await read(useAuth, pending)).current).toMatchObject(SIGNED_OUT);
    const { current } = await read(() => useAuth({ treatPendingAsSignedOut: false }), pending);
    expect(current).toMatchObject({ isSignedIn: true, sessionId: ADA.id });
  });

  test.each(["ended", "expired", "abandoned", "removed", "revoked", "replaced"])(
    "a session that is %s is no session",
    async (status) => {
      expect((await read(useAuth, app([session({}, { status })]))).current).toMatchObject(SIGNED_OUT);
    },
  );

  test("getToken asks for the active session's token", async () => {
    const from = app([ADA]).on("session.token", () => ({ jwt: "a.b.c" }));
    const { current } = await read(useAuth, from);
    await expect(current.getToken()).resolves.toBe("a.b.c");
    await current.getToken({ skipCache: true });
    const account = { instance: LOCAL, session: ADA.id };
    expect(from.asked("session.token")).toEqual([
      { type: "token", account, skip_cache: false },
      { type: "token", account, skip_cache: true },
    ]);
  });

  test("getToken names template, organization and how long the token has to last", async () => {
    const from = app([ADA]).on("session.token", () => ({ jwt: "a.b.c" }));
    const { current } = await read(useAuth, from);
    await current.getToken({ template: "billing", organizationId: "org_1", leewayInSeconds: 29.5 });
    await current.getToken({ organizationId: null, leewayInSeconds: -1 });
    const account = { instance: LOCAL, session: ADA.id };
    expect(from.asked("session.token")).toEqual([
      { type: "token", account, template: "billing", organization_id: "org_1", skip_cache: false, leeway_in_seconds: 30 },
      { type: "token", account, organization_id: "", skip_cache: false, leeway_in_seconds: 0 },
    ]);
  });

  test("signOut ends every session here, or the one that is named, and calls back", async () => {
    const from = app([ADA]).on("account.sign_out", () => null);
    const { current } = await read(useAuth, from);
    const called = vi.fn<() => void>();
    await current.signOut();
    await current.signOut({ sessionId: ADA.id });
    await current.signOut(called, { sessionId: "sess_2" });
    expect(from.asked("account.sign_out")).toEqual([
      { type: "sign_out", instance: LOCAL },
      { type: "sign_out", instance: LOCAL, session: ADA.id },
      { type: "sign_out", instance: LOCAL, session: "sess_2" },
    ]);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test("follows the state", async () => {
    const from = unanswered("loading");
    const result = await read(useAuth, from);
    expect(result.current.isLoaded).toBe(false);
    await outside(() => {
      from.change({ instances: [localInstance([ADA])], active: { instance: LOCAL, session: ADA.id } });
    });
    expect(result.current).toMatchObject({ isSignedIn: true, sessionId: ADA.id });
    await outside(() => {
      from.change({ active: null });
    });
    expect(result.current).toMatchObject(SIGNED_OUT);
  });

  test("is not drawn again by what happens at another instance", async () => {
    const from = app([], {
      instances: [localInstance([ADA]), remoteInstance()],
      active: { instance: LOCAL, session: ADA.id },
    });
    const result = await read(useAuth, from);
    const before = { ...result };
    await outside(() => {
      from.change({ instances: [localInstance([session()]), remoteInstance([GRACE], { answered_at: NOW + 5 })] });
    });
    expect(result.draws).toBe(before.draws);
    expect(result.current).toBe(before.current);
  });
});

describe("useUser", () => {
  test("while loading", async () => {
    expect((await read(useUser, unanswered("loading"))).current).toEqual({
      isLoaded: false,
      isSignedIn: undefined,
      user: undefined,
    });
  });

  test("signed out", async () => {
    expect((await read(useUser, app())).current).toEqual({ isLoaded: true, isSignedIn: false, user: null });
  });

  test("signed in: the user, in the names of the SDK", async () => {
    const { current } = await read(useUser, app([ADA]));
    expect(current).toMatchObject({ isLoaded: true, isSignedIn: true });
    expect(current.user).toMatchObject({
      id: "user_ada@example.com",
      firstName: "Ada",
      lastName: "Lovelace",
      fullName: "Ada Lovelace",
      hasVerifiedEmailAddress: true,
    });
    expect(current.user?.primaryEmailAddress?.emailAddress).toBe("ada@example.com");
    expect(current.user?.createdAt).toEqual(new Date(NOW));
  });

  test("update sends what is given, and reads the answer", async () => {
    const from = app([ADA]).on("account.update", () => ({ ...ADA.user!, first_name: "Augusta", last_name: null }));
    const { current } = await read(useUser, from);
    const updated = await current.user!.update({ firstName: "Augusta", lastName: null });
    expect(from.asked("account.update")).toEqual([
      {
        type: "update",
        account: { instance: LOCAL, session: ADA.id },
        first_name: "Augusta",
        last_name: "",
      },
    ]);
    expect(updated).toBe(current.user);
    expect(updated).toMatchObject({ firstName: "Augusta", lastName: null, fullName: "Augusta" });
  });

  test("reload reads the user again", async () => {
    const from = app([ADA]).on("account.reload", () => ({ ...ADA.user!, first_name: "Augusta" }));
    const { current } = await read(useUser, from);
    expect((await current.user!.reload()).firstName).toBe("Augusta");
  });
});

describe("useSession", () => {
  test("while loading", async () => {
    expect((await read(useSession, unanswered("loading"))).current).toEqual({
      isLoaded: false,
      isSignedIn: undefined,
      session: undefined,
    });
  });

  test("signed out", async () => {
    expect((await read(useSession, app())).current).toEqual({ isLoaded: true, isSignedIn: false, session: null });
  });

  test("signed in: the session, with times as dates", async () => {
    const { current } = await read(useSession, app([ADA]));
    expect(current).toMatchObject({ isLoaded: true, isSignedIn: true });
    expect(current.session).toMatchObject({
      id: ADA.id,
      status: "active",
      expireAt: new Date(ADA.expire_at),
      lastActiveAt: new Date(ADA.last_active_at),
      factorVerificationAge: [2, -1],
      lastActiveOrganizationId: null,
    });
    expect(current.session?.user?.id).toBe("user_ada@example.com");
  });

  test("pending: signed out, unless told otherwise", async () => {
    const pending = app([session({}, { status: "pending" })]);
    expect((await read(useSession, pending)).current.isSignedIn).toBe(false);
    const { current } = await read(() => useSession({ treatPendingAsSignedOut: false }), pending);
    expect(current.session?.status).toBe("pending");
  });

  test.each(["touch", "end", "remove"] as const)("%s asks for this session", async (name) => {
    const from = app([ADA]).on(`session.${name}`, () => null);
    const { current } = await read(useSession, from);
    await current.session![name]();
    expect(from.asked(`session.${name}`)).toEqual([{ type: name, account: { instance: LOCAL, session: ADA.id } }]);
  });
});

describe("useSessionList", () => {
  test.each(["loading", "error"] as const)("%s: nothing", async (status) => {
    expect((await read(useSessionList, unanswered(status))).current).toEqual({
      isLoaded: false,
      sessions: undefined,
      setActive: undefined,
    });
  });

  test("every session of this instance and of no other", async () => {
    const ended = session({ email: "old@example.com" }, { status: "ended" });
    const from = app([], {
      instances: [localInstance([ADA, GRACE, ended]), remoteInstance([session({ email: "x@example.com" })])],
    });
    const { current } = await read(useSessionList, from);
    expect(current.sessions?.map(({ id }) => id)).toEqual([ADA.id, GRACE.id, ended.id]);
  });

  test("setActive shows another one", async () => {
    const from = app([ADA, GRACE]);
    const { current } = await read(useSessionList, from);
    await current.setActive!({ session: current.sessions![1]! });
    expect(from.snapshot.active).toEqual({ instance: LOCAL, session: GRACE.id });
  });
});

describe.each([
  ["useSignIn", useSignIn, "signIn"],
  ["useSignUp", useSignUp, "signUp"],
] as const)("%s", (_name, hook, field) => {
  test("while loading: nothing", async () => {
    expect((await read<object>(hook, unanswered("loading"))).current).toEqual({
      isLoaded: false,
      [field]: undefined,
      setActive: undefined,
    });
  });

  test("without an attempt: an empty resource, which stays the same", async () => {
    const from = app();
    const result = await read(hook as () => Record<string, unknown>, from);
    const { [field]: attempt, ...rest } = result.current;
    expect(rest).toMatchObject({ isLoaded: true, setActive: expect.any(Function) as unknown });
    expect(attempt).toMatchObject({ id: undefined, status: null, createdSessionId: null });
    await outside(() => {
      from.change({ vault: { keeper: "keychain", state: "locked", store: "", detail: null } });
    });
    expect(result.current[field]).toBe(attempt);
  });
});

describe("a sign-in by the hook", () => {
  test("has the protocol's names, and what it answers is read into the resource", async () => {
    const from = app();
    from.on("sign_in.create", () => SIGN_IN);
    from.on("sign_in.prepare_first_factor", () => SIGN_IN);
    from.on("sign_in.attempt_first_factor", () => ({ ...SIGN_IN, status: "complete", created_session_id: "sess_9" }));
    const { current } = await read(useSignIn, from);
    const signIn = current.signIn!;
    await expect(signIn.create({ identifier: "ada@example.com" })).resolves.toBe(signIn);
    expect(signIn).toMatchObject({ id: SIGN_IN.id, status: "needs_first_factor", identifier: "ada@example.com" });
    expect(signIn.supportedFirstFactors).toEqual([
      { strategy: "password", safeIdentifier: null, emailAddressId: null, phoneNumberId: null, primary: false, default: false },
      {
        strategy: "email_code",
        safeIdentifier: "a**@e******.com",
        emailAddressId: "idn_2abcDEFghiJKLmnoPQRstuVWXyz",
        phoneNumberId: null,
        primary: true,
        default: false,
      },
    ]);
    expect(signIn.userData).toEqual({ firstName: "Ada", lastName: "Lovelace", imageUrl: "", hasImage: false });
    expect(signIn.firstFactorVerification).toMatchObject({ status: "unverified", strategy: "email_code" });
    await signIn.prepareFirstFactor({ strategy: "email_code", emailAddressId: "idn_1" });
    await signIn.attemptFirstFactor({ strategy: "email_code", code: "123456" });
    expect(signIn).toMatchObject({ status: "complete", createdSessionId: "sess_9" });
    expect(from.calls.filter(({ room }) => room === "sign_in").map(({ request }) => request)).toEqual([
      { type: "create", instance: LOCAL, identifier: "ada@example.com" },
      { type: "prepare_first_factor", instance: LOCAL, strategy: "email_code", email_address_id: "idn_1" },
      { type: "attempt_first_factor", instance: LOCAL, strategy: "email_code", code: "123456" },
    ]);
  });

  test("is the one under way at the instance", async () => {
    const local = localInstance();
    const from = app([], { instances: [{ ...local, client: { ...local.client!, sign_in: SIGN_IN } }] });
    expect((await read(useSignIn, from)).current.signIn).toMatchObject({ id: SIGN_IN.id, status: SIGN_IN.status });
  });
});

describe("a sign-up by the hook", () => {
  test("has the protocol's names, and what it answers is read into the resource", async () => {
    const from = app();
    from.on("sign_up.create", () => SIGN_UP);
    from.on("sign_up.update", () => ({ ...SIGN_UP, first_name: "Ada" }));
    from.on("sign_up.prepare_verification", () => SIGN_UP);
    from.on("sign_up.attempt_verification", () => ({
      ...SIGN_UP,
      status: "complete",
      created_session_id: "sess_9",
      created_user_id: "user_9",
    }));
    const { current } = await read(useSignUp, from);
    const signUp = current.signUp!;
    await expect(
      signUp.create({ emailAddress: "ada@example.com", password: "pw", unsafeMetadata: { a: 1 } }),
    ).resolves.toBe(signUp);
    expect(signUp).toMatchObject({
      id: SIGN_UP.id,
      status: "missing_requirements",
      unverifiedFields: ["email_address"],
      createdUserId: null,
    });
    expect((await signUp.update({ firstName: "Ada" })).firstName).toBe("Ada");
    await signUp.prepareEmailAddressVerification();
    await signUp.attemptEmailAddressVerification({ code: "123456" });
    expect(signUp).toMatchObject({ status: "complete", createdSessionId: "sess_9", createdUserId: "user_9" });
    expect(from.calls.filter(({ room }) => room === "sign_up").map(({ request }) => request)).toEqual([
      {
        type: "create",
        instance: LOCAL,
        fields: { email_address: "ada@example.com", password: "pw", unsafe_metadata: { a: 1 } },
      },
      { type: "update", instance: LOCAL, fields: { first_name: "Ada" } },
      { type: "prepare_verification", instance: LOCAL, strategy: "email_code" },
      { type: "attempt_verification", instance: LOCAL, strategy: "email_code", code: "123456" },
    ]);
  });
});

describe("useClerk", () => {
  test("holds the state, and is never behind while drawing", async () => {
    const from = unanswered("loading");
    const result = await read(() => {
      const { loaded, status, session: shown, user } = useClerk();
      return { loaded, status, session: shown?.id, user: user?.fullName };
    }, from);
    expect(result.current).toEqual({ loaded: false, status: "loading", session: undefined, user: undefined });
    await outside(() => {
      from.change({ instances: [localInstance([ADA])], active: { instance: LOCAL, session: ADA.id } });
    });
    expect(result.current).toEqual({ loaded: true, status: "ready", session: ADA.id, user: "Ada Lovelace" });
  });

  test("setActive with null shows nobody, and tells where to go on", async () => {
    const from = app([ADA]);
    const { current } = await read(useClerk, from);
    const navigate = vi.fn<(params: { session: { id: string } | null }) => void>();
    await current.setActive({ session: null, navigate });
    expect(from.asked("account.set_active")).toEqual([{ type: "set_active", account: null }]);
    expect(navigate).toHaveBeenCalledTimes(1);
  });

  test("setActive without a session changes nothing", async () => {
    const from = app([ADA]);
    const { current } = await read(useClerk, from);
    await current.setActive({});
    expect(from.asked("account.set_active")).toEqual([]);
  });

  test("setActive with an organization says that there is none", async () => {
    const { current } = await read(useClerk, app([ADA]));
    await expect(current.setActive({ organization: "org_1" })).rejects.toThrow("no organizations");
  });

  test("addListener tells of changes of this instance alone, until it is stopped", async () => {
    const from = app([], { instances: [localInstance([ADA]), remoteInstance()], active: null });
    const { current } = await read(useClerk, from);
    const told = vi.fn<(resources: { session: { id: string } | null | undefined }) => void>();
    const stop = current.addListener(told);
    await outside(() => {
      from.change({ active: { instance: LOCAL, session: ADA.id } });
    });
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]![0].session?.id).toBe(ADA.id);
    await outside(() => {
      from.change({ instances: [from.snapshot.instances[0]!, remoteInstance([GRACE])] });
    });
    expect(told).toHaveBeenCalledTimes(1);
    stop();
    await outside(() => {
      from.change({ active: null });
    });
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("speaks of the instance of its own provider", async () => {
    const from = app([], { instances: [localInstance([ADA]), remoteInstance([GRACE])], active: null });
    const result = await read(useClerk, from, "remote");
    expect(result.current.publishableKey).toMatch(/^pk_live_/);
    await result.current.setActive({ session: GRACE.id });
    expect(from.snapshot.active).toEqual({ instance: "remote", session: GRACE.id });
    expect(result.current.user?.fullName).toBe("Grace Hopper");
  });
});

test.each([
  ["useAuth", useAuth],
  ["useUser", useUser],
  ["useSession", useSession],
  ["useSessionList", useSessionList],
  ["useSignIn", useSignIn],
  ["useSignUp", useSignUp],
  ["useClerk", useClerk],
] as [string, () => unknown][])("%s outside a provider says so by its name", (name, hook) => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  function Outside(): ReactNode {
    hook();
    return null;
  }
  expect(() => render(<Outside />)).toThrow(`${name} can only be used inside <ClerkProvider>.`);
  expect(screen.queryByRole("main")).toBeNull();
});
