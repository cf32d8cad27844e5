import { useEffect, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { type PlacedFailure, placeFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { signUpRules } from "../../app/instances";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { focusFirst } from "../../primitives/FormPage";
import { TextField } from "../../primitives/TextField";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";

type Field = "firstName" | "lastName" | "username";

const PARAMS: Record<string, Field> = { first_name: "firstName", last_name: "lastName", username: "username" };
const NOTHING: PlacedFailure<Field> = { fields: {}, form: null };

/** Changes first name, last name and user name. Enter saves, Escape leaves it as it was. */
export function NameForm({
  user,
  instance,
  onDone,
}: {
  user: UserResource;
  instance: InstanceView;
  /** Called with whether anything was changed. */
  onDone: (changed: boolean) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const rules = signUpRules(instance);
  const [draft, setDraft] = useState({
    firstName: user.firstName ?? "",
    lastName: user.lastName ?? "",
    username: user.username ?? "",
  });
  const [failure, setFailure] = useState(NOTHING);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    focusFirst(form.current);
  }, [failure]);

  const save = () => {
    if (action.busy) return;
    const changes = {
      ...(draft.firstName.trim() !== (user.firstName ?? "") && {
        firstName: draft.firstName.trim(),
      }),
      ...(draft.lastName.trim() !== (user.lastName ?? "") && { lastName: draft.lastName.trim() }),
      ...(draft.username.trim() !== (user.username ?? "") && { username: draft.username.trim() }),
    };
    if (Object.keys(changes).length === 0) {
      onDone(false);
      return;
    }
    action.run(() => verified(() => user.update(changes)), {
      done: () => {
        onDone(true);
      },
      failed: (error) => {
        setFailure(placeFailure(error, PARAMS, words));
      },
    });
  };

  const field = (name: Field, label: string, autoComplete: string) => (
    <TextField
      label={label}
      name={autoComplete}
      autoComplete={autoComplete}
      dir="auto"
      data-autofocus=""
      value={draft[name]}
      error={failure.fields[name]}
      onValue={(value) => {
        setDraft({ ...draft, [name]: value });
      }}
    />
  );

  return (
    <form
      ref={form}
      className="stack gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <FailureNote failure={failure.form} />
      <div className="form-pair">
        {rules.firstName.shown && field("firstName", words.fields.firstName, "given-name")}
        {rules.lastName.shown && field("lastName", words.fields.lastName, "family-name")}
      </div>
      {rules.username.shown && field("username", words.account.username, "username")}
      <div className="panel-buttons">
        {/* Escape presses it. */}
        <Button
          data-back=""
          onClick={() => {
            action.cancel();
            onDone(false);
          }}
        >
          {words.actions.cancel}
        </Button>
        <Button
          look="primary"
          type="submit"
          pending={action.pending}
        >
          {words.actions.save}
        </Button>
      </div>
      <WaitingNote instance={instance} action={action} />
    </form>
  );
}
