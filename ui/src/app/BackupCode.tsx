import { useState } from "react";

import { TextField } from "../primitives/TextField";
import type { ApiResponseError } from "../sdk/errors";
import { useWords } from "../words/words";
import { type Action, useAction } from "./action";
import { type Failure, hasCode, placeFailure, warned } from "./failure";
import { FailureNote } from "./FailureNote";

/** The entry of a backup code, under way. */
export interface BackupCheck {
  code: string;
  error: string | null;
  failure: Failure | null;
  /** Rises with every code that was refused. */
  round: number;
  action: Action;
  type: (code: string) => void;
  submit: () => void;
}

/** Looks after the entry of a backup code, wherever it is drawn. */
export function useBackupCheck<Done>({
  attempt,
  onDone,
  onFailed,
}: {
  attempt: (code: string) => Promise<Done>;
  onDone: (done: Done) => void;
  /** Sees failures first; true means it has been dealt with. */
  onFailed?: ((error: ApiResponseError) => boolean) | undefined;
}): BackupCheck {
  const words = useWords();
  const action = useAction();
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);

  const submit = () => {
    if (action.busy) return;
    setFailure(null);
    // Written down in groups, and typed in groups.
    const plain = code.replace(/[\s-]/g, "");
    if (!plain) {
      setError(words.fields.required.backupCode);
      setRound(round + 1);
      return;
    }
    action.run(() => attempt(plain), {
      done: onDone,
      failed: (refusal) => {
        if (onFailed?.(refusal)) return;
        setRound(round + 1);
        if (hasCode(refusal, "form_code_incorrect")) {
          setError(warned(words.secondFactor.wrongBackup, refusal, words));
          return;
        }
        const { fields, form } = placeFailure(refusal, { code: "code" }, words);
        setError(fields.code ?? null);
        setFailure(form);
      },
    });
  };
  return {
    code,
    error,
    failure,
    round,
    action,
    type: (value) => {
      setCode(value);
      setError(null);
    },
    submit,
  };
}

/** The field of a backup code, with what there is to say of it. */
export function BackupCodeParts({ check }: { check: BackupCheck }) {
  const words = useWords();
  return (
    <>
      <FailureNote failure={check.failure} />
      <TextField
        label={words.fields.backupCode}
        name="backup-code"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        data-autofocus=""
        required
        value={check.code}
        error={check.error ?? undefined}
        hint={words.secondFactor.backupHint}
        onValue={check.type}
      />
    </>
  );
}
