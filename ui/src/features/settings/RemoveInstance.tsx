import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { useWords } from "../../words/words";

/** Asks whether an instance is to go at which nobody is signed in. */
export function RemoveInstance({
  instance,
  onClose,
}: {
  instance: InstanceView | null;
  onClose: () => void;
}) {
  const words = useWords();
  const { remove } = useInstances();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);

  const close = () => {
    action.cancel();
    setFailure(null);
    onClose();
  };
  const confirm = () => {
    if (!instance || action.busy) return;
    setFailure(null);
    action.run(() => remove(instance.id), {
      done: close,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  return (
    <Dialog
      open={instance !== null}
      title={instance ? words.settings.removeTitle(nameOf(instance, words)) : ""}
      onClose={close}
      buttons={
        <>
          <Button onClick={close}>{words.actions.cancel}</Button>
          <Button
            look="danger"
            pending={action.pending}
            onClick={confirm}
          >
            {words.settings.remove}
          </Button>
        </>
      }
    >
      <p>{words.settings.removeNobody}</p>
      <FailureNote failure={failure} />
    </Dialog>
  );
}
