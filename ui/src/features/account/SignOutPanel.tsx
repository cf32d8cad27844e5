import { useState } from "react";

import { useAction } from "../../app/action";
import { useBridge } from "../../app/context";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { intent } from "../../sdk/errors";
import { useClerk } from "../../sdk/hooks";
import type { SessionResource } from "../../sdk/resources/session";
import { useWords } from "../../words/words";

/** The way out of this account; the window lets choose another one, or shows Welcome. */
export function SignOutPanel({
  session,
  instance,
}: {
  session: SessionResource;
  instance: InstanceView;
}) {
  const words = useWords();
  const clerk = useClerk();
  const action = useAction();
  const everywhere = useAction();
  const bridge = useBridge();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <div className="stack gap-2">
      <div className="panel-row">
        <p className="quiet">{words.account.signOutBody}</p>
        <Button
          pending={action.pending}
          onClick={() => {
            if (action.busy) return;
            setFailure(null);
            action.run(() => clerk.signOut({ sessionId: session.id }), {
              // The snapshot takes the account off the screen.
              done: () => undefined,
              failed: (error) => {
                setFailure(plainFailure(error, words));
              },
            });
          }}
        >
          {words.actions.signOut}
        </Button>
      </div>
      <div className="panel-row">
        <p className="quiet">{words.account.everywhereBody}</p>
        <Button
          pending={everywhere.pending}
          onClick={() => {
            if (everywhere.busy) return;
            setFailure(null);
            const account = { instance: instance.id, session: session.id };
            everywhere.run(() => intent(bridge.account({ type: "sign_out_everywhere", account })), {
              done: () => undefined,
              failed: (error) => {
                setFailure(plainFailure(error, words));
              },
            });
          }}
        >
          {words.account.everywhere}
        </Button>
      </div>
      <WaitingNote instance={instance} action={action} />
      <FailureNote failure={failure} />
    </div>
  );
}
