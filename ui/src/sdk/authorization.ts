import { activeOrganization, type SessionResource } from "./resources/session";

/** How fresh the proof of who someone is must be. */
export type ReverificationConfig =
  | "strict_mfa"
  | "strict"
  | "moderate"
  | "lax"
  | { level: "first_factor" | "second_factor" | "multi_factor"; afterMinutes: number };

/** What `has` is asked; every condition given must hold. */
export interface HasParams {
  role?: string;
  permission?: string;
  feature?: string;
  plan?: string;
  reverification?: ReverificationConfig;
}

export type Has = (params: HasParams) => boolean;

const PRESETS = {
  strict_mfa: { level: "multi_factor", afterMinutes: 10 },
  strict: { level: "second_factor", afterMinutes: 10 },
  moderate: { level: "second_factor", afterMinutes: 60 },
  lax: { level: "second_factor", afterMinutes: 1440 },
} as const;

/** Whether the signed-in user may do something, as far as the window can know; the server decides in the end. */
export function authorize(session: SessionResource, params: HasParams): boolean {
  const answers = [
    params.role === undefined ? null : hasRole(session, params.role),
    params.permission === undefined ? null : hasPermission(session, params.permission),
    params.feature === undefined ? null : hasEntry(session, "fea", params.feature),
    params.plan === undefined ? null : hasEntry(session, "pla", params.plan),
    params.reverification === undefined ? null : isFresh(session, params.reverification),
  ].filter((answer) => answer !== null);
  return answers.length > 0 && answers.every(Boolean);
}

function prefixed(name: string): string {
  return name.startsWith("org:") ? name : `org:${name}`;
}

function hasRole(session: SessionResource, role: string): boolean {
  const active = activeOrganization(session.lastActiveTokenClaims);
  return active?.role != null && prefixed(active.role) === prefixed(role);
}

function hasPermission(session: SessionResource, permission: string): boolean {
  const active = activeOrganization(session.lastActiveTokenClaims);
  const membership = session.user?.organizationMemberships.find(
    (candidate) => candidate.organizationId === active?.id,
  );
  return (
    membership?.permissions.some((held) => prefixed(held) === prefixed(permission)) ?? false
  );
}

/** Features and plans are lists of `scope:name` in the claims; scope is `u`, `o`, or both letters. */
function hasEntry(session: SessionResource, claim: "fea" | "pla", wanted: string): boolean {
  const list = session.lastActiveTokenClaims?.[claim];
  if (typeof list !== "string") return false;
  const [scope, name] = wanted.includes(":") ? wanted.split(":", 2) : [null, wanted];
  const letter = scope === null ? null : scope === "user" ? "u" : scope === "org" ? "o" : scope;
  return list.split(",").some((entry) => {
    const [scopes = "", held] = entry.trim().split(":", 2);
    return held === name && (letter === null || scopes.includes(letter));
  });
}

function isFresh(session: SessionResource, config: ReverificationConfig): boolean {
  const { level, afterMinutes } = typeof config === "string" ? PRESETS[config] : config;
  const ages = session.factorVerificationAge;
  if (!ages) return false;
  const [first, second] = ages;
  const firstFresh = first !== -1 && first < afterMinutes;
  // A user without a second factor is judged by the first.
  const secondFresh = second === -1 ? firstFresh : second < afterMinutes;
  switch (level) {
    case "first_factor":
      return firstFresh;
    case "second_factor":
      return secondFresh;
    case "multi_factor":
      return firstFresh && secondFresh;
  }
}
