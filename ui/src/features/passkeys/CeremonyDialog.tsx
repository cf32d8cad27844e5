import { type ReactNode, useEffect, useRef, useState } from "react";

import { SHOW_AFTER } from "../../app/action";
import { usePasskeys } from "../../app/passkeys";
import type { CeremonyView } from "../../bridge/CeremonyView";
import { Button } from "../../primitives/Button";
import { Dialog, focusField } from "../../primitives/Dialog";
import { QrCode } from "../../primitives/QrCode";
import { type Catalogue, useWords } from "../../words/words";
import { KeyPicture } from "./KeyPicture";
import { ChoosePinForm, PinForm } from "./PinForms";
import { isOfPasskey } from "./purpose";
import { useSending } from "./sending";
import "./passkeys.css";

/** For how long after another prompt a press of the way out was meant for the one before, in milliseconds. */
const MEANT_BEFORE = 500;

/** What goes on with an authenticator, above everything else; drawn from the app's state alone. */
export function CeremonyDialog() {
  const words = useWords();
  const { passkeys, cancel } = usePasskeys();
  // One that was left is out of sight at once, also where its authenticator takes a moment to let go.
  const [left, setLeft] = useState<string | null>(null);
  const { ceremony } = passkeys;
  const shown = useShown(ceremony) && ceremony?.id !== left ? ceremony : null;
  const root = useRef<HTMLDivElement>(null);

  const leave = () => {
    if (!ceremony || ceremony.id === left) return;
    const { id } = ceremony;
    setLeft(id);
    cancel(id).catch(() => {
      // It goes on, and so it is shown.
      setLeft((now) => (now === id ? null : now));
    });
  };

  const closed = () => {
    // The platform tells of it later: it may be the end of the one before, and another one is in sight by now.
    const dialog = root.current?.closest("dialog");
    if (dialog && !dialog.open) leave();
  };

  const step = shown && stepOf(shown);
  const before = useRef<string | null>(null);
  const changedAt = useRef(-Infinity);
  // The second half of a double click, or of two quick presses of Enter, finds the way out where the button was.
  const pressed = () => {
    if (Date.now() - changedAt.current >= MEANT_BEFORE) leave();
  };
  useEffect(() => {
    changedAt.current = before.current === null ? -Infinity : Date.now();
    before.current = step;
    if (step === null) {
      giveBack();
      return;
    }
    const dialog = root.current?.closest("dialog");
    // A prompt without a field leaves the focus on the way out.
    if (dialog) focusField(dialog);
  }, [step]);

  return (
    <Dialog open={shown !== null} title={shown ? titleOf(shown, words) : ""} onClose={closed}>
      {shown && (
        <div ref={root} className="ceremony">
          {shown.host !== null && <p className="quiet wrap">{words.passkeys.asks(shown.host)}</p>}
          <p className="ceremony-said" role="status">
            {isWaited(shown) && <span className="spinner" aria-hidden="true" />}
            <span>{saidOf(shown, words)}</span>
          </p>
          <Prompt
            // Each question has a form of its own, so that nothing of the one before is left.
            key={step}
            ceremony={shown}
            out={
              <Button
                {...(!hasField(shown) && { "data-autofocus": "" })}
                onClick={pressed}
              >
                {shown.purpose.type === "sign_in" || shown.purpose.type === "use_password" ? words.passkeys.otherWay : words.actions.cancel}
              </Button>
            }
          />
        </div>
      )}
    </Dialog>
  );
}

/** Whether a ceremony is in sight: one that asks at once, one that only works after a moment. */
function useShown(ceremony: CeremonyView | null): boolean {
  const id = ceremony?.id ?? null;
  const asks = ceremony !== null && ceremony.prompt.type !== "working";
  const [seen, setSeen] = useState<string | null>(null);
  if (asks && seen !== id) setSeen(id);
  useEffect(() => {
    if (id === null) return;
    const timer = setTimeout(() => {
      setSeen(id);
    }, SHOW_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, [id]);
  return id !== null && (asks || seen === id);
}

/** Puts the focus into the question below, where there is one: what had it before may lie outside of it. */
function giveBack(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  focusField([...document.querySelectorAll<HTMLElement>("dialog[open]")].at(-1) ?? null);
}

/** Tells one thing that is asked for from another. */
function stepOf({ id, prompt }: CeremonyView): string {
  return `${id} ${prompt.type} ${"question" in prompt ? prompt.question : ""}`;
}

/** Whether something is waited for that is neither in the dialog nor at this computer's ports. */
function isWaited({ prompt }: CeremonyView): boolean {
  return ["working", "system", "connecting", "on_phone"].includes(prompt.type);
}

function hasField({ prompt }: CeremonyView): boolean {
  return prompt.type === "pin" || prompt.type === "choose_pin" || prompt.type === "choose_account";
}

function titleOf({ purpose }: CeremonyView, words: Catalogue): string {
  switch (purpose.type) {
    case "sign_in":
      return words.passkeys.signIn;
    case "create":
      return words.passkeys.add;
    case "verify":
      return words.passkeys.confirm;
    case "change_pin":
      return words.passkeys.changeTitle;
    case "keep_password":
      return words.saved.saveTitle;
    case "use_password":
      return words.saved.useTitle;
    case "turn_lock_on":
      return words.lock.onTitle;
    case "turn_lock_off":
      return words.lock.offTitle;
    case "unlock":
      return words.lock.unlockTitle;
  }
}

function saidOf({ prompt, authenticator, purpose }: CeremonyView, { passkeys, lock, gesture }: Catalogue): string {
  switch (prompt.type) {
    case "working":
      return authenticator === "windows" ? passkeys.workingWindows : passkeys.working;
    case "system":
      return gesture.ask[prompt.gesture];
    case "pin":
      return isOfPasskey(purpose) ? passkeys.askPin[authenticator] : lock.askPin;
    case "choose_pin":
      if (purpose.type === "change_pin") return passkeys.chooseNewPin;
      if (!isOfPasskey(purpose)) return lock.choosePin;
      return authenticator === "this_device" ? passkeys.choosePin : passkeys.choosePinKey;
    case "plug_in":
      return passkeys.plugIn;
    case "touch_one":
      return passkeys.touchOne;
    case "touch":
      return passkeys.touch;
    case "scan":
      return passkeys.scan;
    case "connecting":
      return passkeys.connecting;
    case "on_phone":
      return passkeys.onPhone;
    case "choose_account":
      return passkeys.chooseAccount;
  }
}

function Prompt({ ceremony, out }: { ceremony: CeremonyView; out: ReactNode }) {
  const words = useWords();
  const { prompt } = ceremony;
  switch (prompt.type) {
    case "pin":
      return <PinForm ceremony={ceremony} prompt={prompt} out={out} />;
    case "choose_pin":
      return <ChoosePinForm ceremony={ceremony} prompt={prompt} out={out} />;
    case "choose_account":
      return <Accounts ceremony={ceremony.id} prompt={prompt} out={out} />;
    case "plug_in":
    case "touch_one":
    case "touch":
      return (
        <>
          <KeyPicture doing={prompt.type === "plug_in" ? "plug-in" : "touch"} />
          <div className="dialog-buttons">{out}</div>
        </>
      );
    case "scan":
      return (
        <>
          <QrCode text={prompt.code} label={words.passkeys.scanPicture} />
          <p className="quiet">{words.passkeys.scanNote}</p>
          <div className="dialog-buttons">{out}</div>
        </>
      );
    case "working":
    case "system":
    case "connecting":
    case "on_phone":
      return <div className="dialog-buttons">{out}</div>;
  }
}

/** Which of several accounts of one authenticator is meant. */
function Accounts({
  ceremony,
  prompt,
  out,
}: {
  ceremony: string;
  prompt: Extract<CeremonyView["prompt"], { type: "choose_account" }>;
  out: ReactNode;
}) {
  const words = useWords();
  const { chooseAccount } = usePasskeys();
  const { sent, failure, send } = useSending();
  return (
    <>
      <ul className="stack gap-2" aria-label={words.passkeys.accounts}>
        {prompt.accounts.map(({ name, display_name }, place) => (
          // Two keys may be of accounts that are called the same.
          <li key={place}>
            <button
              type="button"
              className="choice ceremony-account"
              aria-disabled={sent || undefined}
              {...(place === 0 && { "data-autofocus": "" })}
              onClick={() => {
                send(() => chooseAccount(ceremony, prompt.question, place));
              }}
            >
              <span className="choice-words" dir="auto">
                <span>{name || display_name}</span>
                {display_name && display_name !== name && <span className="quiet">{display_name}</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {failure !== null && (
        <p role="alert" className="field-error">
          {failure}
        </p>
      )}
      <div className="dialog-buttons">{out}</div>
    </>
  );
}
