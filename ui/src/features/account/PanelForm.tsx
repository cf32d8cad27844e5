import { type ReactNode, useEffect, useRef } from "react";

import type { Action } from "../../app/action";
import type { Failure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { focusFirst } from "../../primitives/FormPage";
import { useWords } from "../../words/words";

/** A form in the place of what it changes. Enter sends it, Escape leaves everything as it was. */
export function PanelForm({
  instance,
  action,
  round,
  failure,
  submit,
  danger = false,
  onSubmit,
  onCancel,
  children,
}: {
  instance: InstanceView;
  action: Action;
  /** Rises with every refusal: the first wrong field then takes the focus. */
  round: number;
  failure: Failure | null;
  /** What sending it does. */
  submit: string;
  /** Whether something is lost by it. */
  danger?: boolean;
  onSubmit: () => void;
  onCancel: () => void;
  children: ReactNode;
}) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    focusFirst(form.current);
  }, [round]);
  return (
    <form
      ref={form}
      className="stack gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <FailureNote failure={failure} />
      {children}
      <div className="panel-buttons">
        {/* Escape presses it. */}
        <Button
          data-back=""
          onClick={() => {
            action.cancel();
            onCancel();
          }}
        >
          {words.actions.cancel}
        </Button>
        <Button look={danger ? "danger" : "primary"} type="submit" pending={action.pending}>
          {submit}
        </Button>
      </div>
      <WaitingNote instance={instance} action={action} />
    </form>
  );
}
