import { useState } from "react";

import { useAccounts } from "../../app/accounts";
import { useAction } from "../../app/action";
import { useBridge } from "../../app/context";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { Button } from "../../primitives/Button";
import { intent } from "../../sdk/errors";
import { useWords } from "../../words/words";

/** The way out of every account at once; the system itself asks before it is done. */
export function SignOutAllPanel() {
  const words = useWords();
  const bridge = useBridge();
  const { accounts } = useAccounts();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <div className="stack gap-2">
      <div className="panel-row">
        <p className="quiet">{words.settings.signOutAllBody}</p>
        <Button
          pending={action.pending}
          disabled={accounts.every(({ needsSignIn }) => needsSignIn)}
          onClick={() => {
            if (action.busy) return;
            setFailure(null);
            action.run(() => intent(bridge.account({ type: "sign_out_all" })), {
              done: () => undefined,
              failed: (error) => {
                setFailure(plainFailure(error, words));
              },
            });
          }}
        >
          {words.settings.signOutAll}
        </Button>
      </div>
      <FailureNote failure={failure} />
    </div>
  );
}
