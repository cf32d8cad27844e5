import type { FlowView } from "../bridge/FlowView";
import { ApiResponseError } from "./errors";
import type { SnapshotStore } from "./store";

/** How a flow ended: as it is shown at its end, or null where somebody cancelled it or a newer one took its place. */
export function flowEnd(store: SnapshotStore, id: string): Promise<FlowView | null> {
  return new Promise((resolve) => {
    // The answer to the request that began it may come before the change that shows it.
    let shown = false;
    const look = () => {
      const flow = store.getSnapshot().flows.find((candidate) => candidate.id === id);
      shown ||= flow !== undefined;
      if (flow?.state.type === "ended") {
        stop();
        resolve(flow);
      } else if (shown && !flow) {
        stop();
        resolve(null);
      }
    };
    const stop = store.subscribe(look);
    look();
  });
}

/** Throws what a flow failed with. */
export function throwFailure(flow: FlowView | null): void {
  if (flow?.state.type !== "ended" || flow.state.outcome.type !== "failed") return;
  const { code, message, trace_id, said } = flow.state.outcome.problem;
  throw new ApiResponseError({
    kind: said ? "refused" : "api",
    message,
    errors: said ? [] : [{ code, message, long_message: message, meta: {} }],
    status: null,
    trace_id,
    retry_after_seconds: null,
    said,
  });
}
