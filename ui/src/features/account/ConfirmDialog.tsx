import { type ReactNode, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useAsking, useVerified } from "../../app/Reverification";
import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { useWords } from "../../words/words";

/** What is asked before something of the account is taken away. */
export interface Confirmation {
  title: string;
  body: ReactNode;
  /** What the button says that does it. */
  go: string;
  work: () => Promise<unknown>;
  done: () => void;
}

/** Asks before something of the account is taken away, does it, and says why where that did not work. */
export function ConfirmDialog({
  asked,
  onClose,
}: {
  /** Null while nothing is asked. */
  asked: Confirmation | null;
  onClose: () => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const asking = useAsking();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const close = () => {
    action.cancel();
    setFailure(null);
    onClose();
  };
  return (
    <Dialog
      open={asked !== null}
      covered={asking}
      title={asked?.title ?? ""}
      onClose={close}
      buttons={
        <>
          <Button onClick={close}>{words.actions.cancel}</Button>
          <Button
            look="danger"
            pending={action.pending}
            onClick={() => {
              if (!asked || action.busy) return;
              setFailure(null);
              action.run(() => verified(asked.work), {
                done: () => {
                  onClose();
                  asked.done();
                },
                failed: (error) => {
                  setFailure(plainFailure(error, words));
                },
              });
            }}
          >
            {asked?.go}
          </Button>
        </>
      }
    >
      <p>{asked?.body}</p>
      <FailureNote failure={failure} />
    </Dialog>
  );
}
