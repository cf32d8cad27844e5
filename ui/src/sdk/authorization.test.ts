import { describe, expect, test } from "vitest";

import type { SessionView } from "../bridge/SessionView";
import { LOCAL, session, user } from "../testing/fixtures";
import { StandIn } from "../testing/stand-in";
import { snapshot } from "../testing/fixtures";
import { authorize, type HasParams } from "./authorization";
import { SessionResource } from "./resources/session";

const { bridge } = new StandIn(snapshot());
const IN_ORGANIZATION = { o: { id: "org_1", slg: "works", rol: "admin" } };

function has(over: Partial<SessionView>, params: HasParams): boolean {
  return authorize(new SessionResource(session({}, over), LOCAL, bridge), params);
}

test("asked for nothing, it refuses", () => {
  expect(has({ claims: IN_ORGANIZATION }, {})).toBe(false);
});

describe("role", () => {
  test.each([
    ["org:admin", true],
    ["admin", true],
    ["org:member", false],
    ["org:adm", false],
  ])("%s: %s", (role, answer) => {
    expect(has({ claims: IN_ORGANIZATION }, { role })).toBe(answer);
  });

  test("needs an active organization", () => {
    expect(has({ claims: {} }, { role: "org:admin" })).toBe(false);
  });
});

describe("permission", () => {
  const member = {
    ...user(),
    organization_memberships: [
      { organization: { id: "org_1", slug: "works" }, role: "org:admin", permissions: ["org:sys_memberships:manage"] },
      { organization: { id: "org_2", slug: null }, role: "org:member", permissions: ["org:docs:read"] },
    ],
  } as unknown as SessionView["user"];

  test.each([
    ["org:sys_memberships:manage", true],
    ["sys_memberships:manage", true],
    // Held in another organization than the active one.
    ["org:docs:read", false],
  ])("%s: %s", (permission, answer) => {
    expect(has({ claims: IN_ORGANIZATION, user: member }, { permission })).toBe(answer);
  });

  test("needs an active organization", () => {
    expect(has({ claims: {}, user: member }, { permission: "org:docs:read" })).toBe(false);
  });
});

describe("features and plans", () => {
  const claims = { fea: "u:export,o:audit,ou:search", pla: "o:gold" };
  test.each([
    [{ feature: "export" }, true],
    [{ feature: "user:export" }, true],
    [{ feature: "org:export" }, false],
    [{ feature: "org:audit" }, true],
    [{ feature: "org:search" }, true],
    [{ feature: "user:search" }, true],
    [{ feature: "expo" }, false],
    [{ plan: "gold" }, true],
    [{ plan: "user:gold" }, false],
    [{ plan: "silver" }, false],
  ])("%j: %s", (params, answer) => {
    expect(has({ claims }, params)).toBe(answer);
  });
});

describe("reverification", () => {
  test.each([
    // First and second factor, in minutes; −1 is never.
    [[5, 5], "strict_mfa", true],
    [[5, 10], "strict_mfa", false],
    [[10, 5], "strict_mfa", false],
    [[500, 9], "strict", true],
    [[500, 10], "strict", false],
    [[500, 59], "moderate", true],
    [[500, 60], "moderate", false],
    [[5000, 1439], "lax", true],
    [[5000, 1440], "lax", false],
    // Without a second factor the first decides.
    [[9, -1], "strict", true],
    [[10, -1], "strict", false],
    [[9, -1], "strict_mfa", true],
    [[-1, -1], "lax", false],
    [[5, 500], { level: "first_factor", afterMinutes: 6 }, true],
    [[6, 0], { level: "first_factor", afterMinutes: 6 }, false],
  ] as const)("%j with %j: %s", (ages, reverification, answer) => {
    expect(has({ factor_verification_age: [...ages] }, { reverification })).toBe(answer);
  });
});

test("of several conditions all must hold", () => {
  const claims = { ...IN_ORGANIZATION, pla: "o:gold" };
  expect(has({ claims }, { role: "org:admin", plan: "gold" })).toBe(true);
  expect(has({ claims }, { role: "org:admin", plan: "silver" })).toBe(false);
  expect(has({ claims }, { role: "org:member", plan: "gold" })).toBe(false);
});
