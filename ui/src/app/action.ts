import { useCallback, useEffect, useRef, useState } from "react";

import type { Waiting } from "../primitives/FormPage";
import { type ApiResponseError, toApiResponseError } from "../sdk/errors";
import { isPasskeyCancelledError } from "../sdk/resources/passkey";
import { isReverificationCancelledError } from "../sdk/reverification";

/** Milliseconds after which the button shows progress, and after which the screen says what it waits for. */
export const SHOW_AFTER = 150;
export const SLOW_AFTER = 2000;

export interface Action {
  waiting: Waiting;
  busy: boolean;
  /** Whether its button shows progress. */
  pending: boolean;
  /**
   * Runs a step; the answer of a step that was cancelled or replaced is dropped, and so is a step for which somebody did
   * not want to prove anew who they are, or to use a passkey.
   */
  run: <T>(
    work: () => Promise<T>,
    then: { done: (value: T) => void; failed: (error: ApiResponseError) => void },
  ) => void;
  /** Stops waiting; whatever still arrives is dropped. */
  cancel: () => void;
}

/** One step at a time, with the waiting times of the house and no answer that comes too late. */
export function useAction(): Action {
  const [waiting, setWaiting] = useState<Waiting>("no");
  const current = useRef(0);
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);

  const settle = useCallback(() => {
    current.current += 1;
    timers.current.forEach(clearTimeout);
    timers.current = [];
  }, []);

  useEffect(() => settle, [settle]);

  const cancel = useCallback(() => {
    settle();
    setWaiting("no");
  }, [settle]);

  const run = useCallback<Action["run"]>(
    (work, { done, failed }) => {
      settle();
      const mine = current.current;
      setWaiting("quick");
      timers.current = [
        setTimeout(() => setWaiting("shown"), SHOW_AFTER),
        setTimeout(() => setWaiting("slow"), SLOW_AFTER),
      ];
      work().then(
        (value) => {
          if (mine !== current.current) return;
          cancel();
          done(value);
        },
        (error: unknown) => {
          if (mine !== current.current) return;
          cancel();
          if (!isReverificationCancelledError(error) && !isPasskeyCancelledError(error)) failed(toApiResponseError(error));
        },
      );
    },
    [cancel, settle],
  );

  const pending = waiting === "shown" || waiting === "slow";
  return { waiting, busy: waiting !== "no", pending, run, cancel };
}
