import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf, useInstances } from "../../app/instances";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { useWords } from "../../words/words";

/** Tries whether each instance elsewhere is reached, and says what is in the way where it is not. */
export function ReachList() {
  const words = useWords();
  const { instances } = useInstances();
  const elsewhere = instances.filter(({ kind }) => kind === "remote");
  return (
    <div className="stack gap-2" role="group" aria-label={words.network.reach}>
      <h3>{words.network.reach}</h3>
      {elsewhere.length === 0 && <p className="quiet">{words.network.nobody}</p>}
      {elsewhere.map((instance) => (
        <Reach key={instance.id} instance={instance} />
      ))}
    </div>
  );
}

function Reach({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const { reload } = useInstances();
  const action = useAction();
  const [outcome, setOutcome] = useState<Failure | "reached" | null>(null);
  const name = nameOf(instance, words);
  return (
    <div className="stack gap-2">
      <div className="panel-buttons">
        <Button
          pending={action.pending}
          onClick={() => {
            if (action.busy) return;
            setOutcome(null);
            action.run(() => reload(instance.id), {
              done: () => {
                setOutcome("reached");
              },
              failed: (error) => {
                setOutcome(plainFailure(error, words));
              },
            });
          }}
        >
          {words.network.reachInstance(name)}
        </Button>
      </div>
      {outcome === "reached" ? (
        <Banner tone="ok" title={words.network.reached(name)} />
      ) : (
        <FailureNote failure={outcome} />
      )}
    </div>
  );
}
