import { type ReactNode, useEffect, useId, useRef } from "react";

import "./surfaces.css";

/**
 * A question that has to be answered before anything else.
 *
 * The platform's own modal dialog traps the focus, gives it back and closes on Escape, without the style elements
 * that a strict CSP would refuse.
 */
export function Dialog({
  open,
  covered = false,
  title,
  onClose,
  buttons,
  children,
}: {
  open: boolean;
  /** Whether another screen or question lies over its own: it steps aside with all it holds, and comes back afterwards. */
  covered?: boolean;
  title: string;
  onClose: () => void;
  /** The ways on; left out where they are part of a form inside. */
  buttons?: ReactNode;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const opener = useRef<Element | null>(null);
  const id = useId();
  const shown = open && !covered;
  useEffect(() => {
    if (open) opener.current = document.activeElement;
  }, [open]);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (shown && !element.open) {
      element.showModal();
      focusField(element);
    }
    if (!shown && element.open) element.close();
  }, [shown]);
  useEffect(() => {
    // The platform gives the focus back to what had it last, which a dialog in between may have taken away with it.
    if (open || document.activeElement !== document.body) return;
    if (opener.current instanceof HTMLElement) opener.current.focus();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onClose={() => {
        if (!covered) onClose();
      }}
    >
      {open && (
        <>
          <div className="stack gap-2">
            <h2 id={id}>{title}</h2>
            {children}
          </div>
          {buttons && <div className="dialog-buttons">{buttons}</div>}
        </>
      )}
    </dialog>
  );
}

/** Puts the focus on the first wrong field, else on the one that asked for it; else it stays where it is. */
export function focusField(root: HTMLElement | null): void {
  const wanted =
    root?.querySelector<HTMLElement>("[aria-invalid='true']") ??
    root?.querySelector<HTMLElement>("[data-autofocus]");
  wanted?.focus();
}
