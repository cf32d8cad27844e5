import type { Action } from "../../app/action";
import { AccountAvatar } from "../../app/AccountAvatar";
import { isReset, isSent, methodKey, type SentMethod } from "../../app/factors";
import { FailureNote } from "../../app/FailureNote";
import { Place } from "../../app/Place";
import { WaitingNote } from "../../app/WaitingNote";
import { wayOf } from "../../app/ways";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { PasskeyIcon } from "../../primitives/icons";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";

/** The passkey of a known account, and the other ways in. */
export function PasskeyStep({
  instance,
  state,
  picture,
  action,
  sending,
  onUse,
  onPassword,
  onCode,
  onBack,
  onChange,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "passkey" }>;
  /** Where the instance says that a picture of the account is; null where it shows none. */
  picture: string | null;
  action: Action;
  sending: Action;
  onUse: () => void;
  onPassword: () => void;
  onCode: (method: SentMethod) => void;
  onBack: () => void;
  /** Leads back to where another account can be named. */
  onChange: () => void;
}) {
  const words = useWords();
  const others = state.methods.filter((method) => method.strategy !== "passkey" && !isReset(method));
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.passkeys.stepTitle}
      lead={<p>{words.passkeys.stepLead}</p>}
      onBack={onBack}
      onSubmit={onUse}
    >
      <div className="card identity">
        <AccountAvatar name={state.identifier} instance={instance} picture={picture} />
        <div className="identity-words">
          <span className="quiet">{words.signIn.as}</span>
          <span className="selectable">{state.identifier}</span>
        </div>
        <Button look="quiet" onClick={onChange} aria-label={words.signIn.change}>
          {words.signIn.changeShort}
        </Button>
      </div>
      <FailureNote failure={state.failure} />
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={action.pending} data-autofocus="">
          <PasskeyIcon />
          {words.passkeys.use}
        </Button>
        {others.length > 0 && (
          <div className="stack gap-2" role="group" aria-label={words.signIn.otherWays}>
            {others.map((method) => (
              <Button
                key={methodKey(method)}
                wide
                pending={sending.pending && isSent(method)}
                onClick={() => {
                  if (isSent(method)) onCode(method);
                  else onPassword();
                }}
              >
                {wayOf(isSent(method) ? { ...method, address: method.address || state.identifier } : method, words)}
              </Button>
            ))}
          </div>
        )}
        <WaitingNote instance={instance} action={action.busy ? action : sending} />
      </div>
    </FormPage>
  );
}
