import { useEffect, useEffectEvent, useState } from "react";

import { type Action, useAction } from "../../app/action";
import { useSnapshot } from "../../app/context";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useLock } from "../../app/lock";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";
import "./lock.css";

/**
 * Stands in front of everything while the lock of the app is shut. It asks at once, and again when that is wanted.
 * `onLost` is told when the PIN was wrong too often, with which the lock is gone, and this screen with it.
 */
export function LockScreen({ onLost }: { onLost: () => void }) {
  const words = useWords();
  const { unlock, leave } = useLock();
  const { gesture } = useSnapshot().passkeys;
  const unlocking = useAction();
  const leaving = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = (action: Action, work: () => Promise<void>) => {
    if (unlocking.busy || leaving.busy) return;
    setFailure(null);
    action.run(work, {
      done: () => undefined,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const open = () => {
    run(unlocking, async () => {
      try {
        await unlock();
      } catch (error) {
        if (toApiResponseError(error).said?.reason === "passkey_wiped") onLost();
        throw error;
      }
    });
  };
  const ask = useEffectEvent(() => {
    if (document.visibilityState === "visible") open();
  });
  useEffect(() => {
    // Once the screen stands.
    const timer = setTimeout(ask);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className="lock-screen">
      <FormPage
        title={words.lock.title}
        lead={<p>{words.lock.body}</p>}
        onSubmit={open}
      >
        <FailureNote failure={failure} />
        <div className="form-end">
          <Button look="primary" type="submit" wide pending={unlocking.pending} data-autofocus="">
            {words.lock.unlock}
          </Button>
        </div>
        <p className="quiet">{gesture === null ? words.lock.forgotBody : words.gesture.lockForgotBody(gesture)}</p>
        <div className="panel-buttons">
          <Button
            look="danger"
            pending={leaving.pending}
            onClick={() => {
              run(leaving, leave);
            }}
          >
            {gesture === null ? words.lock.forgot : words.gesture.lockForgot}
          </Button>
        </div>
      </FormPage>
    </div>
  );
}
