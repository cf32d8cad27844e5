import { type ComponentProps, type ReactNode, useId } from "react";

import "./field.css";

interface TextFieldProps extends Omit<ComponentProps<"input">, "onChange" | "className" | "id"> {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Takes the hint's place and is read aloud. */
  error?: string | undefined;
  hint?: ReactNode;
  /** Something inside the field, at its beginning. */
  start?: ReactNode;
  /** Something inside the field, at its end. */
  end?: ReactNode;
}

/** A line of text with its label above and its hint or error below; the room for one line below is always there. */
export function TextField({ label, value, onValue, error, hint, start, end, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className={`field${error ? " field-wrong" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        {start}
        <input
          {...rest}
          id={id}
          value={value}
          onChange={(event) => {
            onValue(event.target.value);
          }}
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-note`}
        />
        {end}
      </div>
      <div className="field-note" id={`${id}-note`} aria-live="polite">
        {error ? <span className="field-error">{error}</span> : hint}
      </div>
    </div>
  );
}
