import type { ReactNode } from "react";

import { useUserId, type PendingSessionOptions } from "./hooks";
import { useInstanceState } from "./provider";

interface Children {
  children: ReactNode;
}

/** Draws its children once the instance has loaded, from the network or from the sealed cache. */
export function ClerkLoaded({ children }: Children) {
  return useInstanceState("ClerkLoaded")[1].loaded ? children : null;
}

/** Draws its children while the instance is loading. */
export function ClerkLoading({ children }: Children) {
  return useInstanceState("ClerkLoading")[1].status === "loading" ? children : null;
}

/** Draws its children when what is shown comes from the sealed cache. */
export function ClerkDegraded({ children }: Children) {
  return useInstanceState("ClerkDegraded")[1].status === "degraded" ? children : null;
}

/** Draws its children when the instance cannot be shown at all. */
export function ClerkFailed({ children }: Children) {
  return useInstanceState("ClerkFailed")[1].status === "error" ? children : null;
}

/** Draws its children for a signed-in user; nothing while loading. */
export function SignedIn({ children, ...options }: Children & PendingSessionOptions) {
  return useUserId(options) ? children : null;
}

/** Draws its children when nobody is signed in; nothing while loading. */
export function SignedOut({ children, ...options }: Children & PendingSessionOptions) {
  return useUserId(options) === null ? children : null;
}
