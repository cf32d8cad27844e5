import { useState } from "react";

import { useAccounts } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { useWords } from "../../words/words";

/** Asks whether an instance is to go, and says who is signed out with it. */
export function RemoveInstance({
  instance,
  onClose,
}: {
  instance: InstanceView | null;
  onClose: () => void;
}) {
  const words = useWords();
  const { remove } = useInstances();
  const { accounts } = useAccounts();
  const lost = accounts.filter((account) => account.instance.id === instance?.id);
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
      {lost.length === 0 ? (
        <p>{words.settings.removeNobody}</p>
      ) : (
        <>
          <p>{words.settings.removeBody}</p>
          <p>{words.settings.removeAccounts}</p>
          <ul>
            {lost.map((account) => (
              <li key={account.key.session}>
                <bdi>{account.email ?? account.name}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
      <FailureNote failure={failure} />
    </Dialog>
  );
}
