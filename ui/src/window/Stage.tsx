import { type ReactNode, useEffect, useRef } from "react";

import { OnTopProvider } from "../app/navigation";
import { focusFirst } from "../primitives/FormPage";

/**
 * One screen of the pile. While covered it keeps all it holds; once uncovered it takes the focus back: to its first
 * field if it has one, else to what had the focus before.
 */
export function Stage({
  onTop,
  modest = false,
  children,
}: {
  onTop: boolean;
  /** Takes the focus when it comes only if nothing else has it, so that one can walk along the rail. */
  modest?: boolean;
  children: ReactNode;
}) {
  const root = useRef<HTMLDivElement>(null);
  const last = useRef<HTMLElement | null>(null);
  const covered = useRef(false);

  useEffect(() => {
    const free = document.activeElement === null || document.activeElement === document.body;
    if (free || !modest) focusFirst(root.current);
    // Once, when the screen opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    if (!onTop) {
      covered.current = true;
      return;
    }
    if (!covered.current) return;
    covered.current = false;
    const field = root.current?.querySelector("[aria-invalid='true'], [data-autofocus]");
    if (!field && last.current?.isConnected) last.current.focus();
    else focusFirst(root.current);
  }, [onTop]);

  return (
    // Only remembers where the focus was; nothing to press.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={root}
      className="screen"
      hidden={!onTop}
      onFocus={(event) => {
        last.current = event.target;
      }}
    >
      <OnTopProvider value={onTop}>{children}</OnTopProvider>
    </div>
  );
}
