import { FailureNote } from "../../app/FailureNote";
import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";

/** Why a password that signs in could not be saved; the sign-in goes on from here. */
export function UnsavedStep({
  instance,
  state,
  onGo,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "unsaved" }>;
  onGo: () => void;
}) {
  const words = useWords();
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.saved.unsavedTitle}
      lead={<p>{words.saved.unsavedLead}</p>}
      onSubmit={onGo}
    >
      <FailureNote failure={state.failure} />
      <div className="form-end">
        <Button look="primary" type="submit" wide data-autofocus="">
          {words.actions.continue}
        </Button>
      </div>
    </FormPage>
  );
}
