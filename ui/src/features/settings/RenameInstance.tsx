import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";

/** Asks what an instance is to be called on this computer. */
export function RenameInstance({ instance, onClose }: { instance: InstanceView | null; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog
      open={instance !== null}
      title={instance ? words.settings.renameTitle(nameOf(instance, words)) : ""}
      onClose={onClose}
      buttons={null}
    >
      {instance && <Naming key={instance.id} instance={instance} onClose={onClose} />}
    </Dialog>
  );
}

function Naming({ instance, onClose }: { instance: InstanceView; onClose: () => void }) {
  const words = useWords();
  const { rename } = useInstances();
  const action = useAction();
  const [name, setName] = useState(instance.own_name ? instance.name : "");
  const [failure, setFailure] = useState<Failure | null>(null);
  const save = () => {
    if (action.busy) return;
    setFailure(null);
    action.run(() => rename(instance.id, name.trim()), {
      done: onClose,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  return (
    <form
      className="stack gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        label={words.fields.instanceName}
        name="instance-name"
        autoComplete="off"
        dir="auto"
        maxLength={64}
        hint={words.settings.renameHint}
        value={name}
        onValue={setName}
      />
      <FailureNote failure={failure} />
      <div className="dialog-buttons">
        <Button onClick={onClose}>{words.actions.cancel}</Button>
        <Button look="primary" type="submit" pending={action.pending}>
          {words.actions.save}
        </Button>
      </div>
    </form>
  );
}
