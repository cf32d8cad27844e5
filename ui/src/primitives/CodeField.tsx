import { useEffect, useId, useRef, useState } from "react";

import "./field.css";

/** How many digits a code has. */
export const CODE_LENGTH = 6;

interface CodeFieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Called once when the sixth digit is in, however it came. */
  onComplete: (code: string) => void;
  error?: string | undefined;
  busy?: boolean;
  /** Rises with every wrong code: the field is cleared by its owner, and the focus comes back here. */
  attempt: number;
}

/**
 * One field shown as six cells.
 *
 * A single input takes keys, paste and autofill, so that screen readers and password managers meet an ordinary
 * one-time-code field; the cells are a picture of it.
 */
export function CodeField({
  label,
  value,
  onValue,
  onComplete,
  error,
  busy = false,
  attempt,
}: CodeFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState(value.length);

  useEffect(() => {
    if (attempt > 0) input.current?.focus();
  }, [attempt]);

  const here = Math.min(caret, value.length, CODE_LENGTH - 1);
  const take = (raw: string) => {
    const code = digitsOf(raw).slice(0, CODE_LENGTH);
    if (busy || code === value) return;
    onValue(code);
    setCaret(code.length);
    if (code.length === CODE_LENGTH) onComplete(code);
  };

  return (
    <div className={`field${error ? " field-wrong" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <div className="code-field" data-busy={busy}>
        <div className="code-cells" aria-hidden="true">
          {Array.from({ length: CODE_LENGTH }, (_, index) => (
            <span key={index} className="code-cell" data-here={index === here}>
              {value[index] ?? ""}
            </span>
          ))}
        </div>
        <input
          ref={input}
          id={id}
          className="code-input"
          name="code"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          data-autofocus=""
          value={value}
          readOnly={busy}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
          onChange={(event) => {
            take(event.target.value);
          }}
          onPaste={(event) => {
            // A pasted code replaces everything, wherever the caret is and whatever surrounds the digits; a text
            // without one, such as a telephone number, must not cost a try.
            event.preventDefault();
            const code = codeIn(event.clipboardData.getData("text"));
            if (code !== null) take(code);
          }}
          onSelect={(event) => {
            setCaret(event.currentTarget.selectionStart ?? value.length);
          }}
        />
      </div>
      <div className="field-note" id={`${id}-note`} aria-live="polite">
        {error ? <span className="field-error">{error}</span> : null}
      </div>
    </div>
  );
}

/** The digits of a text, those of other scripts as ASCII. */
function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/[^0-9]/g, "");
}

/** The code inside pasted text: a run of six digits, or six digits with spaces and dashes between them. */
export function codeIn(text: string): string | null {
  const plain = text.normalize("NFKC");
  const run = /(?<![0-9])[0-9]{6}(?![0-9])/.exec(plain);
  if (run) return run[0];
  const digits = digitsOf(plain);
  return digits.length > 0 && digits.length <= CODE_LENGTH ? digits : null;
}
