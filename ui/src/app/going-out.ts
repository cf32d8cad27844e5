import { useEffect, useMemo, useRef } from "react";

import type { ApiResponseError } from "../sdk/errors";
import { type Action, useAction } from "./action";
import { type Provider, useFlowActions } from "./flows";

/**
 * The way out to the browser, from the press of a button until the flow is there.
 *
 * Another press of the same button means the same, as the second half of a double click does; one of another button begins
 * anew. Who stops waiting has no flow come up later.
 */
export function useGoingOut(
  begin: (provider: Provider) => Promise<string>,
  failed: (error: ApiResponseError) => void,
): { going: Action; goOut: (provider: Provider) => void } {
  const action = useAction();
  const flows = useFlowActions();
  /** Of the press that is answered next; null where nobody waits for one. */
  const wanted = useRef<string | null>(null);

  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );

  const going = useMemo<Action>(
    () => ({
      ...action,
      cancel: () => {
        wanted.current = null;
        action.cancel();
      },
    }),
    [action],
  );

  const goOut = (provider: Provider) => {
    if (wanted.current === provider.strategy) return;
    wanted.current = provider.strategy;
    const over = () => {
      wanted.current = null;
    };
    const go = async () => {
      const flow = await begin(provider);
      // Where something newer is wanted, that takes the place of this one by itself.
      if (wanted.current === null) await flows.cancel(flow).catch(() => undefined);
    };
    action.run(go, {
      // What waits then is shown by itself.
      done: over,
      failed: (error) => {
        over();
        failed(error);
      },
    });
  };

  return { going, goOut };
}
