import type { ComponentProps } from "react";

import { useWords } from "../words/words";
import "./button.css";

interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  /** `primary` is the one main action of a screen. */
  look?: "primary" | "secondary" | "quiet" | "danger";
  /** Shows progress on the button; it takes no further clicks but keeps the focus. */
  pending?: boolean;
  wide?: boolean;
}

/** A button. While pending it stays focusable, so that a screen reader does not lose its place. */
export function Button({
  look = "secondary",
  pending = false,
  wide = false,
  type = "button",
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const words = useWords();
  return (
    <button
      {...rest}
      type={type}
      className={`button button-${look}${wide ? " button-wide" : ""}`}
      aria-disabled={pending || rest["aria-disabled"] || undefined}
      aria-busy={pending || undefined}
      onClick={(event) => {
        if (pending) {
          event.preventDefault();
          return;
        }
        onClick?.(event);
      }}
    >
      <span className="button-label">{children}</span>
      {pending && <span className="spinner" role="img" aria-label={words.waiting.working} />}
    </button>
  );
}
