import { type ReactNode, useEffect, useRef } from "react";

import { useWords } from "../words/words";
import { BackButton } from "./BackButton";
import { Button } from "./Button";

/** How a running step looks: not at all, on its button, or in words with a way out. */
export type Waiting = "no" | "quick" | "shown" | "slow";

/** One step on the way in: where, what, the fields, the one primary action. Each step takes the focus when it comes. */
export function FormPage({
  place,
  title,
  lead,
  onBack,
  onSubmit,
  children,
}: {
  place?: ReactNode;
  title: string;
  lead?: ReactNode;
  onBack?: (() => void) | undefined;
  onSubmit?: () => void;
  children: ReactNode;
}) {
  const root = useRef<HTMLFormElement>(null);
  useEffect(() => {
    focusFirst(root.current);
  }, []);
  return (
    <div className="form-page">
      <form
        ref={root}
        className="form-column"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <div className="form-head">
          {onBack && <BackButton onBack={onBack} />}
          {place && <p className="form-place">{place}</p>}
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <div className="quiet">{lead}</div>}
        </div>
        {children}
      </form>
    </div>
  );
}

/** Puts the focus on the first wrong field, else on the one that asked for it, else on the title. */
export function focusFirst(root: HTMLElement | null): void {
  // A screen that lies below another one waits until it is uncovered.
  if (!root || root.closest("[hidden]")) return;
  const wanted =
    root.querySelector<HTMLElement>("[aria-invalid='true']") ??
    root.querySelector<HTMLElement>("[data-autofocus]") ??
    root.querySelector<HTMLElement>("h1");
  wanted?.focus();
}

/** After two seconds: what is being waited for, and the way out. The room for it is always there. */
export function SlowNote({
  waiting,
  name,
  onCancel,
}: {
  waiting: Waiting;
  name: string;
  onCancel: () => void;
}) {
  const words = useWords();
  return (
    <div className="slow" role="status">
      {waiting === "slow" && (
        <>
          <span>{words.waiting.for(name)}</span>
          <Button look="quiet" onClick={onCancel}>
            {words.actions.cancel}
          </Button>
        </>
      )}
    </div>
  );
}
