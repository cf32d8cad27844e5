import { useSyncExternalStore } from "react";

/** Whether the window is in sight. Where nobody looks, nothing is asked for by itself. */
export function useInSight(): boolean {
  return useSyncExternalStore(follow, isInSight);
}

function follow(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => {
    document.removeEventListener("visibilitychange", changed);
  };
}

function isInSight(): boolean {
  return document.visibilityState === "visible";
}
