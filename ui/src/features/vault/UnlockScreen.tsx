import { useEffect, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { sentenceOf } from "../../app/failure";
import { useVault } from "../../app/vault";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { PasswordField } from "../../primitives/PasswordField";
import { useWords } from "../../words/words";

/** Asks for the passphrase. Nothing else is shown before it is there. */
export function UnlockScreen() {
  const words = useWords();
  const { unlock } = useVault();
  const action = useAction();
  const [passphrase, setPassphrase] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) focusFirst(fields.current);
  }, [error]);

  const submit = () => {
    if (action.busy) return;
    if (!passphrase) {
      setError(words.passphrase.required);
      return;
    }
    setError(undefined);
    action.run(() => unlock(passphrase), {
      done: () => {
        setPassphrase("");
      },
      failed: (failure) => {
        setPassphrase("");
        setError(sentenceOf(failure, words));
      },
    });
  };
  return (
    <FormPage title={words.passphrase.unlockTitle} lead={<p>{words.passphrase.unlockLead}</p>} onSubmit={submit}>
      <div className="form-fields" ref={fields}>
        <PasswordField
          label={words.passphrase.label}
          name="passphrase"
          autoComplete="current-password"
          data-autofocus=""
          required
          value={passphrase}
          error={error}
          onValue={setPassphrase}
        />
      </div>
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={action.pending}>
          {words.passphrase.unlock}
        </Button>
      </div>
      <p className="quiet">{words.passphrase.forgotten}</p>
    </FormPage>
  );
}
