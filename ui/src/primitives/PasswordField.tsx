import { type ComponentProps, type ReactNode, useEffect, useState } from "react";

import type { PasswordEstimate } from "../bridge/PasswordEstimate";
import { useWords } from "../words/words";
import { EyeIcon, EyeOffIcon } from "./icons";
import { TextField } from "./TextField";

/** How long typing has to rest before the strength is asked for, in milliseconds. */
const ASK_AFTER = 200;

interface PasswordFieldProps
  extends Omit<ComponentProps<typeof TextField>, "type" | "end" | "spellCheck"> {
  /** Says how hard the password is to guess; absent where one is not being chosen. */
  estimate?: ((password: string) => Promise<PasswordEstimate>) | undefined;
  /** What the button says, where it is no password. */
  toggle?: { show: string; hide: string };
}

/** A password with a button to show it, and its strength in words where one is being chosen. */
export function PasswordField({ estimate, toggle, hint, ...rest }: PasswordFieldProps) {
  const words = useWords();
  const [shown, setShown] = useState(false);
  const strength = useEstimate(rest.value, estimate);
  const { show, hide } = toggle ?? { show: words.fields.showPassword, hide: words.fields.hidePassword };
  return (
    <TextField
      {...rest}
      type={shown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      autoCorrect="off"
      hint={rest.value && strength ? <Strength value={strength} /> : hint}
      end={
        <button
          type="button"
          className="field-toggle"
          aria-label={shown ? hide : show}
          onClick={() => {
            setShown(!shown);
          }}
        >
          {shown ? <EyeOffIcon /> : <EyeIcon />}
        </button>
      }
    />
  );
}

function Strength({ value }: { value: PasswordEstimate }): ReactNode {
  const words = useWords();
  const score = Math.max(0, Math.min(4, Math.round(value.score)));
  const { advice: advices, warnings } = words.errors;
  const advice = value.suggestion ? advices[value.suggestion] : value.warning ? warnings[value.warning] : null;
  return (
    <span className="strength">
      <span className="strength-bars" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <i key={step} data-on={step <= Math.max(1, score)} />
        ))}
      </span>
      <span>
        <span className="only-read-aloud">{words.strength.label}: </span>
        {words.strength.levels[score]}
        {advice && score < 3 ? `. ${advice}` : ""}
      </span>
    </span>
  );
}

/** The strength of what is typed, asked for when typing rests; an answer to older text is dropped. */
function useEstimate(
  password: string,
  estimate: PasswordFieldProps["estimate"],
): PasswordEstimate | null {
  const [answer, setAnswer] = useState<PasswordEstimate | null>(null);
  useEffect(() => {
    if (!estimate || !password) return;
    let stale = false;
    const timer = setTimeout(() => {
      estimate(password).then(
        (value) => {
          if (!stale) setAnswer(value);
        },
        () => {
          // Advice only; the instance judges the password in the end.
          if (!stale) setAnswer(null);
        },
      );
    }, ASK_AFTER);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [password, estimate]);
  return password ? answer : null;
}
