import { useEffect, useRef } from "react";

import type { Action } from "../../app/action";
import { FailureNote } from "../../app/FailureNote";
import { passwordMinLength, passwordNeeds } from "../../app/instances";
import { useEstimate } from "../../app/password";
import { Place } from "../../app/Place";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Checkbox } from "../../primitives/Checkbox";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { KnownAs } from "../../primitives/KnownAs";
import { PasswordField } from "../../primitives/PasswordField";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";

/** A new password in place of a forgotten one, or of one that the instance no longer takes. */
export function NewPasswordStep({
  instance,
  state,
  action,
  onEdit,
  onSignOutOthers,
  onSubmit,
  onBack,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "new_password" }>;
  action: Action;
  onEdit: (value: string) => void;
  onSignOutOthers: (value: boolean) => void;
  onSubmit: () => void;
  onBack: () => void;
}) {
  const words = useWords();
  const estimate = useEstimate([state.identifier]);
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.round > 0) focusFirst(field.current);
  }, [state.round]);
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.signIn.newPasswordTitle}
      lead={<p>{words.signIn.newPasswordLead}</p>}
      onBack={onBack}
      onSubmit={onSubmit}
    >
      <FailureNote failure={state.failure} />
      <div className="form-fields" ref={field}>
        <KnownAs address={state.identifier} />
        <PasswordField
          label={words.fields.newPassword}
          name="new-password"
          autoComplete="new-password"
          data-autofocus=""
          required
          value={state.password}
          error={state.error ?? undefined}
          hint={words.fields.passwordHint(passwordMinLength(instance), passwordNeeds(instance))}
          estimate={estimate}
          onValue={onEdit}
        />
        <Checkbox
          label={words.fields.signOutOthers}
          checked={state.signOutOthers}
          onChecked={onSignOutOthers}
        />
      </div>
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={action.pending}>
          {words.signIn.setPassword}
        </Button>
        <WaitingNote instance={instance} action={action} />
      </div>
    </FormPage>
  );
}
