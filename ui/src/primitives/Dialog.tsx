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
  title,
  onClose,
  buttons,
  children,
}: {
  open: boolean;
  title: string;
  onClose: () => void;
  buttons: ReactNode;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onClose={onClose}>
      {open && (
        <>
          <div className="stack gap-2">
            <h2 id={id}>{title}</h2>
            {children}
          </div>
          <div className="dialog-buttons">{buttons}</div>
        </>
      )}
    </dialog>
  );
}
