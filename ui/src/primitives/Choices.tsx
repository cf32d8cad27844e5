import * as RadioGroup from "@radix-ui/react-radio-group";

import "./surfaces.css";

/** One of a few, all of them in sight. */
export function Choices<Value extends string>({
  label,
  value,
  onValue,
  options,
}: {
  label: string;
  value: Value;
  onValue: (value: Value) => void;
  options: { value: Value; label: string; hint?: string }[];
}) {
  return (
    <RadioGroup.Root
      className="stack gap-2"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        onValue(next as Value);
      }}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className="choice"
          aria-label={option.label}
        >
          <span className="choice-dot" />
          <span className="choice-words">
            <span>{option.label}</span>
            {option.hint && <span className="quiet">{option.hint}</span>}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
