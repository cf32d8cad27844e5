import { useState } from "react";

import { addressOf } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { useVerified } from "../../app/Reverification";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { TextField } from "../../primitives/TextField";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { PanelForm } from "./PanelForm";

/** The end of the account itself. What it is called has to be typed, so that no slip does it. */
export function DeletePanel({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const address = addressOf(user);

  if (!asking) {
    return (
      <div className="panel-row">
        <p className="quiet">{words.account.deleteBody}</p>
        <Button
          onClick={() => {
            setAsking(true);
          }}
        >
          {words.account.deleteButton}
        </Button>
      </div>
    );
  }
  const submit = () => {
    if (action.busy) return;
    setFailure(null);
    if (plain(typed) !== plain(address)) {
      setError(words.account.deleteMismatch);
      setRound(round + 1);
      return;
    }
    action.run(() => verified(() => user.delete()), {
      // The snapshot takes the account off the screen, and this screen with it.
      done: () => undefined,
      failed: (refusal) => {
        setFailure(plainFailure(refusal, words));
      },
    });
  };
  return (
    <PanelForm
      instance={instance}
      action={action}
      round={round}
      failure={failure}
      submit={words.account.deleteAction}
      danger
      onSubmit={submit}
      onCancel={() => {
        setAsking(false);
        setTyped("");
        setError(null);
        setFailure(null);
      }}
    >
      <p>{words.account.deleteBody}</p>
      <p>{words.account.deleteConsequence}</p>
      <TextField
        label={words.account.deleteConfirm(address)}
        name="confirm"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        data-autofocus=""
        value={typed}
        error={error ?? undefined}
        onValue={(value) => {
          setTyped(value);
          setError(null);
        }}
      />
    </PanelForm>
  );
}

/** What was typed, without what does not matter: case, and the spaces of a telephone number. */
function plain(address: string): string {
  return address.replace(/\s/g, "").toLowerCase();
}
