import { useEffect, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useNavigation } from "../../app/navigation";
import { useEstimate } from "../../app/password";
import { SHORTEST_PASSPHRASE, useVault } from "../../app/vault";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { PasswordField } from "../../primitives/PasswordField";
import { useWords } from "../../words/words";

type Field = "current" | "next" | "again";
const NOTHING = { current: "", next: "", again: "" };

/** Chooses a passphrase: the first one, in place of the keychain, or another one. Says first what is lost with it. */
export function PassphraseScreen() {
  const words = useWords();
  const { back } = useNavigation();
  const { vault, moveToPassphrase, changePassphrase } = useVault();
  // As it was when the screen came: the vault changes before the screen goes.
  const [changing] = useState(vault.keeper === "passphrase");
  const action = useAction();
  const estimate = useEstimate([]);
  const [draft, setDraft] = useState(NOTHING);
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (round > 0) focusFirst(fields.current);
  }, [round]);

  const submit = () => {
    if (action.busy) return;
    const wrong: Partial<Record<Field, string>> = {};
    if (changing && !draft.current) wrong.current = words.passphrase.required;
    if (Array.from(draft.next).length < SHORTEST_PASSPHRASE) wrong.next = words.passphrase.tooShort(SHORTEST_PASSPHRASE);
    else if (draft.next !== draft.again) wrong.again = words.passphrase.different;
    setErrors(wrong);
    setFailure(null);
    if (Object.keys(wrong).length > 0) {
      setRound(round + 1);
      return;
    }
    const work = () =>
      changing ? changePassphrase(draft.current, draft.next) : moveToPassphrase(draft.next);
    action.run(work, {
      done: () => {
        setDraft(NOTHING);
        back();
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
        setRound(round + 1);
      },
    });
  };
  const edit = (field: Field) => (value: string) => {
    setDraft({ ...draft, [field]: value });
    setErrors({ ...errors, [field]: undefined });
  };
  return (
    <FormPage
      title={changing ? words.passphrase.changeTitle : words.passphrase.chooseTitle}
      lead={<p>{words.passphrase.chooseLead}</p>}
      onBack={back}
      onSubmit={submit}
    >
      <Banner tone="warning" title={words.passphrase.noRecoveryTitle}>
        <p>{words.passphrase.noRecovery}</p>
      </Banner>
      <FailureNote failure={failure} />
      <div className="form-fields" ref={fields}>
        {changing && (
          <PasswordField
            label={words.passphrase.current}
            name="passphrase"
            autoComplete="current-password"
            data-autofocus=""
            required
            value={draft.current}
            error={errors.current}
            onValue={edit("current")}
          />
        )}
        <PasswordField
          label={words.passphrase.next}
          name="new-passphrase"
          autoComplete="new-password"
          data-autofocus=""
          required
          value={draft.next}
          error={errors.next}
          hint={words.passphrase.hint(SHORTEST_PASSPHRASE)}
          estimate={estimate}
          onValue={edit("next")}
        />
        <PasswordField
          label={words.passphrase.again}
          name="new-passphrase-again"
          autoComplete="new-password"
          required
          value={draft.again}
          error={errors.again}
          onValue={edit("again")}
        />
      </div>
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={action.pending}>
          {changing ? words.passphrase.change : words.passphrase.choose}
        </Button>
      </div>
    </FormPage>
  );
}
