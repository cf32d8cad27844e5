import { type ComponentProps, type ReactNode, useEffect, useRef, useState } from "react";

import { SHORTEST_PIN, usePasskeys } from "../../app/passkeys";
import type { CeremonyPrompt } from "../../bridge/CeremonyPrompt";
import type { CeremonyView } from "../../bridge/CeremonyView";
import type { PinAgain } from "../../bridge/PinAgain";
import { Button } from "../../primitives/Button";
import { focusField } from "../../primitives/Dialog";
import { PasswordField } from "../../primitives/PasswordField";
import { type Catalogue, useWords } from "../../words/words";
import { isOfLock, isOfPassword } from "./purpose";
import { useSending } from "./sending";

/** Fewest tries that are left before it is said what comes after the last. */
const WARN_AT = 3;

interface PinFormProps<Type extends CeremonyPrompt["type"]> {
  ceremony: CeremonyView;
  prompt: Extract<CeremonyPrompt, { type: Type }>;
  /** The way out. */
  out: ReactNode;
}

/** The PIN of an authenticator. It is forgotten as soon as it is sent. */
export function PinForm({ ceremony, prompt, out }: PinFormProps<"pin">) {
  const words = useWords();
  const { answerPin } = usePasskeys();
  const { sent, failure, send } = useSending();
  const { authenticator } = ceremony;
  const [pin, setPin] = useState("");
  const [error, setError] = useState(() => againOf(prompt.again, ceremony, words));
  const [round, setRound] = useState(0);
  const form = useFocusedForm(round);

  const submit = () => {
    if (sent) return;
    if (!pin) {
      setError(words.passkeys.pinMissing);
      setRound(round + 1);
      return;
    }
    setPin("");
    setError(null);
    send(() => answerPin(ceremony.id, prompt.question, pin));
  };

  return (
    <form
      ref={form}
      className="stack gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <PinField
        label={words.passkeys.pin}
        name="pin"
        data-autofocus=""
        value={pin}
        readOnly={sent}
        error={failure ?? error ?? undefined}
        hint={words.passkeys.pinHint[authenticator]}
        onValue={(value) => {
          setPin(value);
          setError(null);
        }}
      />
      <div className="dialog-buttons">
        {out}
        <Button look="primary" type="submit" pending={sent}>
          {words.actions.continue}
        </Button>
      </div>
    </form>
  );
}

/** A new PIN, typed twice, since nobody can tell it to whoever mistyped it. Both are forgotten as soon as they are sent. */
export function ChoosePinForm({ ceremony, prompt, out }: PinFormProps<"choose_pin">) {
  const words = useWords();
  const { answerPin } = usePasskeys();
  const { sent, failure, send } = useSending();
  const shortest = SHORTEST_PIN[ceremony.authenticator];
  const [pin, setPin] = useState("");
  const [repeated, setRepeated] = useState("");
  const [errors, setErrors] = useState<{ pin?: string; repeated?: string }>(() =>
    prompt.flaw ? { pin: words.passkeys.problems[prompt.flaw](shortest) } : {},
  );
  const [round, setRound] = useState(0);
  const form = useFocusedForm(round);

  const submit = () => {
    if (sent) return;
    const wrong = !pin
      ? { pin: words.passkeys.problems.too_short(shortest) }
      : pin !== repeated
        ? { repeated: words.passkeys.pinsDiffer }
        : null;
    if (wrong) {
      setErrors(wrong);
      setRound(round + 1);
      return;
    }
    setPin("");
    setRepeated("");
    setErrors({});
    send(() => answerPin(ceremony.id, prompt.question, pin));
  };

  return (
    <form
      ref={form}
      className="stack gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {ceremony.authenticator === "this_device" && <p className="quiet">{noteOf(ceremony, words)}</p>}
      <PinField
        label={words.passkeys.newPin}
        name="new-pin"
        data-autofocus=""
        value={pin}
        readOnly={sent}
        error={failure ?? errors.pin}
        hint={words.passkeys.newPinHint(shortest)}
        onValue={(value) => {
          setPin(value);
          setErrors({});
        }}
      />
      <PinField
        label={words.passkeys.repeatPin}
        name="new-pin-repeated"
        value={repeated}
        readOnly={sent}
        error={errors.repeated}
        onValue={(value) => {
          setRepeated(value);
          setErrors({});
        }}
      />
      <div className="dialog-buttons">
        {out}
        <Button look="primary" type="submit" pending={sent}>
          {words.passkeys.setPin}
        </Button>
      </div>
    </form>
  );
}

/** What is to be known of a PIN before it is chosen. */
function noteOf({ purpose }: CeremonyView, { lock, passkeys, saved }: Catalogue): string {
  if (isOfPassword(purpose)) return saved.choosePinNote;
  return isOfLock(purpose) ? lock.choosePinNote : passkeys.choosePinNote;
}

function PinField(props: Omit<ComponentProps<typeof PasswordField>, "toggle" | "autoComplete">) {
  const words = useWords();
  return (
    <PasswordField
      {...props}
      autoComplete="off"
      required
      toggle={{ show: words.passkeys.showPin, hide: words.passkeys.hidePin }}
    />
  );
}

/** Puts the focus on the first wrong field at every refusal of the page itself. */
function useFocusedForm(round: number) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (round > 0) focusField(form.current);
  }, [round]);
  return form;
}

/** Why the PIN is asked for once more, and what comes of further wrong ones. */
function againOf(
  again: PinAgain | null,
  { authenticator, purpose }: CeremonyView,
  { passkeys, lock }: Catalogue,
): string | null {
  if (!again) return null;
  if (again.type === "impossible") return passkeys.problems[again.problem](SHORTEST_PIN[authenticator]);
  const { tries_left: left } = again;
  if (left === null) return passkeys.pinWrong;
  const gone = purpose.type === "unlock" ? lock.thenGone : passkeys.thenGone;
  const after = left > WARN_AT ? [] : [authenticator === "this_device" ? gone : passkeys.thenBlocked];
  return [passkeys.pinWrong, passkeys.triesLeft(left), ...after].join(" ");
}
