import { useState } from "react";

import { addressOf } from "../../app/accounts";
import { useAction } from "../../app/action";
import { useBridge } from "../../app/context";
import { CopyButton } from "../../app/CopyButton";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { nameOf } from "../../app/instances";
import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { intent } from "../../sdk/errors";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";

/** The codes for the day on which no second factor is at hand. They are shown here, and nowhere again. */
export function BackupCodesStep({
  instance,
  user,
  codes,
  onDone,
}: {
  instance: InstanceView;
  user: UserResource;
  codes: string[];
  onDone: () => void;
}) {
  const words = useWords();
  const bridge = useBridge();
  const saving = useAction();
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const address = addressOf(user);

  const save = () => {
    if (saving.busy) return;
    setSaid("");
    setFailure(null);
    const text = [words.twoStep.codesFile(address, nameOf(instance, words)), "", ...codes, ""].join("\n");
    saving.run(() => intent(bridge.app({ type: "save_backup_codes", text })), {
      done: ({ saved }) => {
        setSaid(saved ? words.twoStep.codesSaved : "");
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.twoStep.codesTitle}
      lead={<p>{words.twoStep.codesLead}</p>}
      onSubmit={onDone}
    >
      <ul className="backup-codes mono selectable" aria-label={words.twoStep.backup}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="panel-buttons panel-buttons-start">
        <CopyButton text={codes.join("\n")} label={words.twoStep.copyCodes} secret />
        <Button onClick={save}>{words.twoStep.saveCodes}</Button>
      </div>
      <FailureNote failure={failure} />
      <p role="status" className={said ? "quiet" : "only-read-aloud"}>
        {said}
      </p>
      <div className="form-end">
        <Button look="primary" type="submit" wide>
          {words.twoStep.codesKept}
        </Button>
      </div>
    </FormPage>
  );
}
