import { useMemo } from "react";

import type { AppLock } from "../bridge/AppLock";
import type { AppRequest } from "../bridge/AppRequest";
import { intent } from "../sdk/errors";
import { useBridge, useSnapshot } from "./context";

/** The lock of the app. What the person has to do for it is asked by the dialog of a ceremony. */
export interface Lock {
  lock: AppLock;
  turnOn: () => Promise<void>;
  turnOff: () => Promise<void>;
  /** Shuts it. */
  shut: () => Promise<void>;
  unlock: () => Promise<void>;
  /** Signs everybody out here, as for who has forgotten the PIN; the system asks first. */
  leave: () => Promise<void>;
}

/** The lock of the app, and what can be done with it. */
export function useLock(): Lock {
  const bridge = useBridge();
  const { lock } = useSnapshot();
  return useMemo(() => {
    const ask = async (request: AppRequest) => {
      await intent(bridge.app(request));
    };
    return {
      lock,
      turnOn: () => ask({ type: "turn_lock_on" }),
      turnOff: () => ask({ type: "turn_lock_off" }),
      shut: () => ask({ type: "lock" }),
      unlock: () => ask({ type: "unlock" }),
      leave: () => ask({ type: "leave_locked" }),
    };
  }, [bridge, lock]);
}
