import { useCallback, useMemo } from "react";

import { authorize, type Has } from "./authorization";
import { intent } from "./errors";
import { flowEnd, throwFailure } from "./flows";
import type { InstanceClient, SetActive } from "./instance-client";
import { useInstanceClient, useInstanceState } from "./provider";
import { activeOrganization, type GetTokenOptions, type SessionResource } from "./resources/session";
import type { SignInResource } from "./resources/sign-in";
import type { SignUpResource } from "./resources/sign-up";
import type { UserResource } from "./resources/user";

/** Whether a session that still has tasks counts as signed out; it does unless told otherwise. */
export interface PendingSessionOptions {
  treatPendingAsSignedOut?: boolean;
}

type GetToken = (options?: GetTokenOptions) => Promise<string | null>;

interface AuthActions {
  has: Has;
  signOut: InstanceClient["signOut"];
  getToken: GetToken;
}

type AuthFacts =
  | {
      isLoaded: false;
      isSignedIn: undefined;
      userId: undefined;
      sessionId: undefined;
      sessionClaims: undefined;
      actor: undefined;
      orgId: undefined;
      orgRole: undefined;
      orgSlug: undefined;
    }
  | {
      isLoaded: true;
      isSignedIn: false;
      userId: null;
      sessionId: null;
      sessionClaims: null;
      actor: null;
      orgId: null;
      orgRole: null;
      orgSlug: null;
    }
  | {
      isLoaded: true;
      isSignedIn: true;
      userId: string;
      sessionId: string;
      sessionClaims: Record<string, unknown>;
      actor: Record<string, unknown> | null;
      orgId: string | null;
      orgRole: string | null;
      orgSlug: string | null;
    };

export type UseAuthReturn = AuthFacts & AuthActions;

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
} as const;

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
} as const;

/** The object that holds everything else: state, `setActive`, `signOut`. */
export function useClerk(): InstanceClient {
  // Subscribes, so that `clerk.session` read while drawing is never old.
  return useInstanceState("useClerk")[0];
}

/** Who is signed in, by ids and claims. Throws when the session has no token to read the claims from. */
export function useAuth({ treatPendingAsSignedOut = true }: PendingSessionOptions = {}): UseAuthReturn {
  const [client, { loaded, session }] = useInstanceState("useAuth");
  const getToken = useCallback<GetToken>(
    async (options) => (await client.session?.getToken(options)) ?? null,
    [client],
  );
  return useMemo(() => {
    const { signOut } = client;
    const nobody: AuthActions = { has: () => false, signOut, getToken };
    if (!loaded || session === undefined) return { ...LOADING, ...nobody };
    if (isSignedOut(session, treatPendingAsSignedOut)) return { ...SIGNED_OUT, ...nobody };
    const claims = session.lastActiveTokenClaims;
    if (!claims) throw new Error("The session has no token yet, so its claims cannot be read.");
    const organization = activeOrganization(claims);
    return {
      isLoaded: true,
      isSignedIn: true,
      userId: session.user?.id ?? String(claims["sub"]),
      sessionId: session.id,
      sessionClaims: claims,
      actor: (claims["act"] as Record<string, unknown> | undefined) ?? null,
      orgId: organization?.id ?? null,
      orgRole: organization?.role ?? null,
      orgSlug: organization?.slug ?? null,
      has: (params) => authorize(session, params),
      signOut,
      getToken,
    };
  }, [client, getToken, loaded, session, treatPendingAsSignedOut]);
}

export type UseUserReturn =
  | { isLoaded: false; isSignedIn: undefined; user: undefined }
  | { isLoaded: true; isSignedIn: false; user: null }
  | { isLoaded: true; isSignedIn: true; user: UserResource };

/** The signed-in user. */
export function useUser(): UseUserReturn {
  const [, { loaded, user }] = useInstanceState("useUser");
  if (!loaded || user === undefined) return { isLoaded: false, isSignedIn: undefined, user: undefined };
  if (user === null) return { isLoaded: true, isSignedIn: false, user: null };
  return { isLoaded: true, isSignedIn: true, user };
}

export type UseSessionReturn =
  | { isLoaded: false; isSignedIn: undefined; session: undefined }
  | { isLoaded: true; isSignedIn: false; session: null }
  | { isLoaded: true; isSignedIn: true; session: SessionResource };

/** The session that is shown. */
export function useSession({
  treatPendingAsSignedOut = true,
}: PendingSessionOptions = {}): UseSessionReturn {
  const [, { loaded, session }] = useInstanceState("useSession");
  if (!loaded || session === undefined) {
    return { isLoaded: false, isSignedIn: undefined, session: undefined };
  }
  if (isSignedOut(session, treatPendingAsSignedOut)) {
    return { isLoaded: true, isSignedIn: false, session: null };
  }
  return { isLoaded: true, isSignedIn: true, session };
}

export type UseSessionListReturn =
  | { isLoaded: false; sessions: undefined; setActive: undefined }
  | { isLoaded: true; sessions: SessionResource[]; setActive: SetActive };

/** Every session of this app at the instance. */
export function useSessionList(): UseSessionListReturn {
  const [clerk, { client }] = useInstanceState("useSessionList");
  if (!client) return { isLoaded: false, sessions: undefined, setActive: undefined };
  return { isLoaded: true, sessions: client.sessions, setActive: clerk.setActive };
}

export type UseSignInReturn =
  | { isLoaded: false; signIn: undefined; setActive: undefined }
  | { isLoaded: true; signIn: SignInResource; setActive: SetActive };

/** The sign-in under way. */
export function useSignIn(): UseSignInReturn {
  const [clerk, { client }] = useInstanceState("useSignIn");
  if (!client) return { isLoaded: false, signIn: undefined, setActive: undefined };
  return { isLoaded: true, signIn: client.signIn, setActive: clerk.setActive };
}

export type UseSignUpReturn =
  | { isLoaded: false; signUp: undefined; setActive: undefined }
  | { isLoaded: true; signUp: SignUpResource; setActive: SetActive };

/** The sign-up under way. */
export function useSignUp(): UseSignUpReturn {
  const [clerk, { client }] = useInstanceState("useSignUp");
  if (!client) return { isLoaded: false, signUp: undefined, setActive: undefined };
  return { isLoaded: true, signUp: client.signUp, setActive: clerk.setActive };
}

export interface StartSSOFlowParams {
  /** Such as `oauth_google`. */
  strategy: string;
  /** Values the application keeps with the user, should this be a sign-up. */
  unsafeMetadata?: Record<string, unknown>;
}

export interface StartSSOFlowReturn {
  /** The session to make active; null where something more is needed, or nothing came of it. */
  createdSessionId: string | null;
  /** How the browser came back. */
  authSessionResult: { type: "success" | "cancel" };
  signIn: SignInResource;
  signUp: SignUpResource;
  setActive: SetActive;
}

/** Signs in or up by an account elsewhere, in the system's browser; who is unknown signs up, who is known signs in. */
export function useSSO(): {
  startSSOFlow: (params: StartSSOFlowParams) => Promise<StartSSOFlowReturn>;
} {
  const client = useInstanceClient("useSSO");
  const startSSOFlow = useCallback(
    async (params: StartSSOFlowParams): Promise<StartSSOFlowReturn> => {
      const { store } = client;
      const before = client.client;
      if (!before) throw new Error("The instance has not been loaded yet.");
      const id = await before.signIn.authenticateWithRedirect(params);
      const flow = await flowEnd(store, id);
      if (flow) {
        // It has been taken note of here.
        await intent(store.bridge.instance({ type: "cancel_flow", flow: id }));
      }
      throwFailure(flow);
      const outcome = flow?.state.type === "ended" ? flow.state.outcome : null;
      return {
        createdSessionId: outcome?.type === "signed_in" ? outcome.session : null,
        authSessionResult: { type: flow ? "success" : "cancel" },
        signIn: (client.getState().client ?? before).signIn,
        signUp: (client.getState().client ?? before).signUp,
        setActive: client.setActive,
      };
    },
    [client],
  );
  return useMemo(() => ({ startSSOFlow }), [startSSOFlow]);
}

/** Whose session this is, without needing claims: undefined while loading, null when signed out. */
export function useUserId({ treatPendingAsSignedOut = true }: PendingSessionOptions = {}):
  | string
  | null
  | undefined {
  const client = useInstanceClient("useUserId");
  const [, { loaded, session }] = useInstanceState("useUserId");
  if (!loaded || session === undefined) return undefined;
  if (isSignedOut(session, treatPendingAsSignedOut)) return null;
  return session.user?.id ?? `${client.instance}/${session.id}`;
}

function isSignedOut(
  session: SessionResource | null,
  treatPendingAsSignedOut: boolean,
): session is null {
  return session === null || (treatPendingAsSignedOut && session.status === "pending");
}
