import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { useWords } from "../../words/words";

/** The instances this app knows. The one it carries cannot be removed. */
export function InstancesPanel() {
  const words = useWords();
  const { instances } = useInstances();
  const { open } = useNavigation();
  const [removing, setRemoving] = useState<InstanceView | null>(null);
  return (
    <>
      <ul className="rows">
        {instances.map((instance) => (
          <li key={instance.id} className="panel-row">
            <div>
              <p>
                <bdi>{nameOf(instance, words)}</bdi>
              </p>
              <p className={instance.kind === "local" ? "quiet" : "quiet mono"}>
                {instance.kind === "local" ? words.welcome.localHint : instance.host}
              </p>
            </div>
            {instance.kind === "remote" && (
              <Button
                aria-label={words.settings.removeInstance(instance.name)}
                onClick={() => {
                  setRemoving(instance);
                }}
              >
                {words.settings.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="panel-buttons">
        <Button
          onClick={() => {
            open({ name: "connect" });
          }}
        >
          {words.welcome.connect}
        </Button>
      </div>
      <RemoveDialog
        instance={removing}
        onClose={() => {
          setRemoving(null);
        }}
      />
    </>
  );
}

function RemoveDialog({
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
      title={instance ? words.settings.removeTitle(instance.name) : ""}
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
      <p>{words.settings.removeBody}</p>
      <FailureNote failure={failure} />
    </Dialog>
  );
}
