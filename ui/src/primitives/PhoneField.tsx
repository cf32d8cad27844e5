import { useMemo } from "react";

import {
  callingCode,
  countries,
  type Country,
  type PhoneDraft,
  typedPhone,
} from "./phone";
import { useLocale, useWords } from "../words/words";
import { ChevronDownIcon } from "./icons";
import { TextField } from "./TextField";

/** A telephone number: its country, and the number as it is spelled there. */
export function PhoneField({
  label,
  name = "tel",
  value,
  onValue,
  error,
  hint,
  required = false,
  takesFocus = false,
}: {
  label: string;
  name?: string;
  value: PhoneDraft;
  onValue: (value: PhoneDraft) => void;
  error?: string | undefined;
  hint?: string | null;
  required?: boolean;
  /** Whether it takes the focus when its form comes. */
  takesFocus?: boolean;
}) {
  const words = useWords();
  const locale = useLocale();
  const all = useMemo(() => countries(locale), [locale]);
  return (
    <TextField
      label={label}
      type="tel"
      inputMode="tel"
      name={name}
      autoComplete="tel"
      required={required}
      {...(takesFocus && { "data-autofocus": "" })}
      value={value.text}
      error={error}
      hint={hint}
      onValue={(text) => {
        onValue(typedPhone(value, text));
      }}
      start={
        <span className="country">
          {/* The list lies over it unseen: only the number's beginning has room here. */}
          <span className="tabular" aria-hidden="true">
            {callingCode(value.country)}
          </span>
          <ChevronDownIcon />
          <select
            aria-label={words.fields.country}
            value={value.country}
            onChange={(event) => {
              onValue({ ...value, country: event.target.value as Country });
            }}
          >
            {all.map(({ country, name, calling }) => (
              <option key={country} value={country}>
                {`${name} (${calling})`}
              </option>
            ))}
          </select>
        </span>
      }
    />
  );
}
