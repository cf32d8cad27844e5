import { useEffect, useEffectEvent } from "react";

import type { FlowView } from "../bridge/FlowView";
import { useWords } from "../words/words";
import { type Failure, problemOf } from "./failure";
import { useFlowActions } from "./flows";
import { useOnTop } from "./navigation";

/** Tells the screen on top how an attempt that was out in the browser has ended, and takes note of it. */
export function useFlowEnd(
  flow: FlowView | undefined,
  then: {
    signedIn: (sessionId: string) => void;
    /** Something more is needed. False where another screen deals with it. */
    goesOn: (purpose: "sign_in" | "sign_up") => boolean;
    failed: (failure: Failure) => void;
  },
): void {
  const words = useWords();
  const onTop = useOnTop();
  const { cancel } = useFlowActions();
  const ended = flow?.state.type === "ended" ? flow : undefined;
  const tell = useEffectEvent((flow: FlowView) => {
    if (flow.state.type !== "ended") return;
    const { outcome } = flow.state;
    switch (outcome.type) {
      case "signed_in":
        then.signedIn(outcome.session);
        break;
      case "failed":
        then.failed({
          message: problemOf(outcome.problem, words),
          code: outcome.problem.code,
          traceId: outcome.problem.trace_id,
        });
        break;
      case "goes_on":
        if (!then.goesOn(flow.purpose.type === "sign_up" ? "sign_up" : "sign_in")) return;
        break;
      case "connected":
        break;
    }
    // It is on screen now; should that fail, it is said once more.
    void cancel(flow.id).catch(() => undefined);
  });
  useEffect(() => {
    if (ended && onTop) tell(ended);
  }, [ended, onTop]);
}
