import { useEffect, useRef } from "react";

import type { Action } from "../../app/action";
import { AccountAvatar } from "../../app/AccountAvatar";
import { useSnapshot } from "../../app/context";
import { isReset, isSent, isToPhone, methodKey, type SentMethod } from "../../app/factors";
import { FailureNote } from "../../app/FailureNote";
import { Place } from "../../app/Place";
import { isSame, type SavedPassword } from "../../app/saved-password";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { Checkbox } from "../../primitives/Checkbox";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { PasskeyIcon } from "../../primitives/icons";
import { KnownAs } from "../../primitives/KnownAs";
import { PasswordField } from "../../primitives/PasswordField";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";
import { SavedPasswordButton } from "./SavedPasswordButton";

/** The password of a known account, and the other ways in. */
export function PasswordStep({
  instance,
  state,
  picture,
  action,
  sending,
  onEdit,
  onSubmit,
  onCode,
  onPasskey,
  onBack,
  saved,
  opening,
  onSave,
  onSaved,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "password" }>;
  /** Where the instance says that a picture of the account is; null where it shows none. */
  picture: string | null;
  action: Action;
  sending: Action;
  onEdit: (value: string) => void;
  onSubmit: () => void;
  onCode: (method: SentMethod) => void;
  onPasskey: () => void;
  onBack: () => void;
  /** What is saved on this device, of this account or another one. */
  saved: SavedPassword;
  /** The way in by that. */
  opening: Action;
  onSave: (save: boolean) => void;
  /** None where it is not of this account. */
  onSaved: (() => void) | null;
}) {
  const words = useWords();
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.round > 0) focusFirst(field.current);
  }, [state.round]);
  const byCode = state.methods.filter(isSent);
  const codes = byCode.filter((method) => !isReset(method));
  const reset = byCode.find(isReset);
  const passkey = state.methods.some((method) => method.strategy === "passkey");
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.signIn.passwordTitle}
      onBack={onBack}
      onSubmit={onSubmit}
    >
      <div className="card identity">
        <AccountAvatar name={state.identifier} instance={instance} picture={picture} />
        <div className="identity-words">
          <span className="quiet">{words.signIn.as}</span>
          <span className="selectable">{state.identifier}</span>
        </div>
        <Button look="quiet" onClick={onBack} aria-label={words.signIn.change}>
          {words.signIn.changeShort}
        </Button>
      </div>
      <FailureNote failure={state.failure} />
      <div className="form-fields" ref={field}>
        <KnownAs address={state.identifier} />
        <PasswordField
          label={words.fields.password}
          name="password"
          autoComplete="current-password"
          data-autofocus=""
          required
          value={state.password}
          error={state.error ?? undefined}
          onValue={onEdit}
        />
        {saved.maySave && <SaveChoice state={state} saved={saved} onSave={onSave} />}
      </div>
      <div className="form-end">
        <Button
          look="primary"
          type="submit"
          wide
          pending={action.pending}
        >
          {words.actions.signIn}
        </Button>
        {reset && (
          <div className="form-foot">
            <Button
              look="quiet"
              onClick={() => {
                onCode(reset);
              }}
            >
              {words.signIn.forgot}
            </Button>
          </div>
        )}
        {(onSaved || passkey || codes.length > 0) && (
          <div className="stack gap-2" role="group" aria-label={words.signIn.otherWays}>
            {onSaved && <SavedPasswordButton identifier={state.identifier} action={opening} onPress={onSaved} />}
            {passkey && (
              <Button wide onClick={onPasskey}>
                <PasskeyIcon />
                {words.passkeys.use}
              </Button>
            )}
            {codes.map((method) => (
              <Button
                key={methodKey(method)}
                wide
                pending={sending.pending}
                onClick={() => {
                  onCode(method);
                }}
              >
                {isToPhone(method)
                  ? words.signIn.usePhone(method.address || state.identifier)
                  : words.signIn.useCode(method.address || state.identifier)}
              </Button>
            ))}
          </div>
        )}
        <WaitingNote instance={instance} action={[action, opening].find(({ busy }) => busy) ?? sending} />
      </div>
    </FormPage>
  );
}

/** Whether the password is saved on this device, and what follows from that. */
function SaveChoice({
  state,
  saved: { identifier },
  onSave,
}: {
  state: Extract<SignInState, { step: "password" }>;
  saved: SavedPassword;
  onSave: (save: boolean) => void;
}) {
  const words = useWords();
  const { gesture } = useSnapshot().passkeys;
  const replaces = identifier !== null && !isSame(identifier, state.identifier);
  const hint = gesture === null ? words.saved.saveHint : words.gesture.saveHint(gesture);
  const replacing = (whose: string) =>
    gesture === null ? words.saved.replaces(whose) : words.gesture.replaces(gesture, whose);
  return (
    <div className="stack gap-2">
      <Checkbox label={words.saved.save} checked={state.save ?? false} onChecked={onSave} />
      {state.save && (
        <p className="field-note wrap">{replaces ? replacing(identifier) : hint}</p>
      )}
    </div>
  );
}
