import { useState } from "react";

import { useAccounts } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { ChevronIcon } from "../../primitives/icons";
import { useWords } from "../../words/words";
import { RemoveInstance } from "./RemoveInstance";
import { RenameInstance } from "./RenameInstance";

/** The instances this app knows, in the order of the rail. The one it carries cannot be removed. */
export function InstancesPanel() {
  const words = useWords();
  const { instances, move, remove: removeInstance } = useInstances();
  const { accounts } = useAccounts();
  const removing = useAction();
  const [gone, setGone] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const { open } = useNavigation();
  const [asking, setAsking] = useState<{ to: "rename" | "remove"; instance: InstanceView } | null>(null);
  const [said, setSaid] = useState("");
  const done = () => {
    setAsking(null);
  };
  const remove = (instance: InstanceView) => {
    if (removing.busy) return;
    setFailure(null);
    // Where somebody is signed in, the system asks, and one question is enough.
    if (!accounts.some((account) => account.instance.id === instance.id && !account.needsSignIn)) {
      setAsking({ to: "remove", instance });
      return;
    }
    setGone(instance.id);
    removing.run(() => removeInstance(instance.id), {
      done: () => undefined,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const askedTo = (to: "rename" | "remove") => (asking?.to === to ? asking.instance : null);
  const moveTo = (instance: InstanceView, to: number) => {
    // The list itself shows whether it has moved.
    void move(instance.id, to).catch(() => undefined);
    setSaid(words.settings.movedTo(nameOf(instance, words), to + 1, instances.length));
  };

  return (
    <>
      <ul className="rows">
        {instances.map((instance, place) => (
          <li key={instance.id} className="panel-row">
            <div>
              <p>
                <bdi>{nameOf(instance, words)}</bdi>
              </p>
              <p className={instance.kind === "local" ? "quiet" : "quiet mono"}>
                {instance.kind === "local" ? words.welcome.localHint : instance.host}
              </p>
            </div>
            <div className="panel-buttons">
              {instances.length > 1 && (
                <>
                  <Button
                    aria-label={words.settings.moveUp(nameOf(instance, words))}
                    aria-disabled={place === 0}
                    onClick={() => {
                      if (place > 0) moveTo(instance, place - 1);
                    }}
                  >
                    <span className="turned-up">
                      <ChevronIcon />
                    </span>
                  </Button>
                  <Button
                    aria-label={words.settings.moveDown(nameOf(instance, words))}
                    aria-disabled={place === instances.length - 1}
                    onClick={() => {
                      if (place < instances.length - 1) moveTo(instance, place + 1);
                    }}
                  >
                    <span className="turned-down">
                      <ChevronIcon />
                    </span>
                  </Button>
                </>
              )}
              <Button
                aria-label={words.settings.renameInstance(nameOf(instance, words))}
                onClick={() => {
                  setAsking({ to: "rename", instance });
                }}
              >
                {words.settings.rename}
              </Button>
              {instance.kind === "remote" && (
                <Button
                  aria-label={words.settings.removeInstance(nameOf(instance, words))}
                  pending={removing.pending && gone === instance.id}
                  onClick={() => {
                    remove(instance);
                  }}
                >
                  {words.settings.remove}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <p className="only-read-aloud" role="status">
        {said}
      </p>
      <FailureNote failure={failure} />
      <div className="panel-buttons">
        <Button
          onClick={() => {
            open({ name: "connect" });
          }}
        >
          {words.welcome.connect}
        </Button>
      </div>
      <RenameInstance instance={askedTo("rename")} onClose={done} />
      <RemoveInstance instance={askedTo("remove")} onClose={done} />
    </>
  );
}
