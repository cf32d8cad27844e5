import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import type { NetworkRoom } from "../../app/network";
import type { NetworkView } from "../../bridge/NetworkView";
import { Choices } from "../../primitives/Choices";
import { useWords } from "../../words/words";
import { ProxyForm } from "./ProxyForm";

type Choice = NetworkView["choice"]["type"];
const CHOICES: Choice[] = ["system", "direct", "manual"];

/** Which way out. What needs no more words counts at once; a proxy of one's own counts when its form is sent. */
export function ProxyChooser({
  network,
  setProxy,
}: {
  network: NetworkView;
  setProxy: NetworkRoom["setProxy"];
}) {
  const words = useWords();
  const action = useAction();
  /** What is chosen and not sent yet. */
  const [next, setNext] = useState<Choice | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState("");
  const chosen = next ?? network.choice.type;
  const choose = (choice: Choice) => {
    setFailure(null);
    setSaid("");
    setNext(choice);
    if (choice === "manual") return;
    action.run(() => setProxy({ type: choice }), {
      done: () => {
        setNext(null);
        setSaid(words.network.saved);
      },
      failed: (error) => {
        setNext(null);
        setFailure(plainFailure(error, words));
      },
    });
  };
  return (
    <div className="stack gap-2">
      <Choices
        label={words.network.proxy}
        value={chosen}
        onValue={choose}
        options={CHOICES.map((value) => ({ value, label: words.network.choices[value] }))}
      />
      <FailureNote failure={failure} />
      {chosen === "manual" && (
        <ProxyForm
          network={network}
          setProxy={setProxy}
          onSaved={() => {
            setNext(null);
            setSaid(words.network.saved);
          }}
        />
      )}
      <p className="quiet" role="status">
        {said}
      </p>
    </div>
  );
}
