import { useEffect, useState } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Button } from "../primitives/Button";
import { FormPage } from "../primitives/FormPage";
import type { SetActive } from "../sdk/instance-client";
import { useWords } from "../words/words";
import { useAction } from "./action";
import { type Failure, plainFailure } from "./failure";
import { FailureNote } from "./FailureNote";
import { Place } from "./Place";
import { WaitingNote } from "./WaitingNote";

/** The last moment of a sign-in or sign-up: shows the new account, and says so when that did not work. */
export function FinishStep({
  instance,
  sessionId,
  setActive,
  onDone,
}: {
  instance: InstanceView;
  sessionId: string;
  setActive: SetActive;
  onDone: () => void;
}) {
  const words = useWords();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);

  const finish = () => {
    action.run(() => setActive({ session: sessionId }), {
      done: onDone,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };

  useEffect(() => {
    finish();
    // Once, when the step opens; saying it twice is harmless.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.signUp.finishing}
      onBack={failure ? onDone : undefined}
    >
      <FailureNote
        failure={failure}
        action={
          <Button
            onClick={() => {
              setFailure(null);
              finish();
            }}
          >
            {words.actions.retry}
          </Button>
        }
      />
      <WaitingNote instance={instance} action={action} onCancel={onDone} />
    </FormPage>
  );
}
