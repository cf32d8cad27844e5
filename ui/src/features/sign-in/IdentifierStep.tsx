import { useEffect, useId, useRef } from "react";

import type { Action } from "../../app/action";
import { FlowFailure } from "../../app/FlowFailure";
import type { Provider } from "../../app/flows";
import { StaleNotice } from "../../app/InstanceGate";
import { identifierKinds } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import { ProviderButtons } from "../../app/ProviderButtons";
import { VaultNotice } from "../../app/VaultNotice";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { PasskeyIcon } from "../../primitives/icons";
import { callingCode, systemCountry } from "../../primitives/phone";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";
import { SavedPasswordButton } from "./SavedPasswordButton";

/** Who is coming in. */
export function IdentifierStep({
  instance,
  state,
  action,
  create,
  onEdit,
  onSubmit,
  going,
  onProvider,
  passkey,
  onPasskey,
  saved,
  opening,
  onSaved,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "identifier" }>;
  action: Action;
  /** What whoever has no account can do here. */
  create: string;
  onEdit: (value: string) => void;
  onSubmit: () => void;
  /** The way out to the browser. */
  going: Action;
  onProvider: (provider: Provider) => void;
  /** The way in by a passkey. */
  passkey: Action;
  onPasskey: () => void;
  /** Whose password is saved on this device; null where none is that would be of use. */
  saved: string | null;
  /** The way in by that. */
  opening: Action;
  onSaved: () => void;
}) {
  const words = useWords();
  const { back, replace } = useNavigation();
  const kinds = identifierKinds(instance);
  const only = (kind: keyof typeof kinds) => kinds[kind] && Object.values(kinds).filter(Boolean).length === 1;
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.round > 0) focusFirst(field.current);
  }, [state.round]);
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.actions.signIn}
      onBack={back}
      onSubmit={onSubmit}
    >
      <VaultNotice />
      <StaleNotice instance={instance}>{words.instance.unsent}</StaleNotice>
      <FlowFailure instance={instance} failure={state.failure} />
      <div className="form-fields" ref={field}>
        <TextField
          label={words.fields.identifier(kinds)}
          type={only("email") ? "email" : only("phone") ? "tel" : "text"}
          name={only("email") ? "email" : "identifier"}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          data-autofocus=""
          required
          value={state.identifier}
          error={state.error ?? undefined}
          hint={kinds.phone ? words.fields.identifierHint(callingCode(systemCountry())) : undefined}
          onValue={onEdit}
        />
      </div>
      <div className="form-end">
        <Button
          look="primary"
          type="submit"
          wide
          pending={action.pending}
        >
          {words.actions.continue}
        </Button>
        <ProviderButtons
          instance={instance}
          action={going}
          onChoose={onProvider}
          before={
            (saved !== null || instance.passkeys.sign_in_button) && (
              <>
                {saved !== null && <SavedPasswordButton identifier={saved} action={opening} onPress={onSaved} />}
                {instance.passkeys.sign_in_button && (
                  <PasskeyButton last={instance.last_strategy === "passkey"} action={passkey} onPress={onPasskey} />
                )}
              </>
            )
          }
        />
        <div className="form-foot">
          <span>{words.signIn.noAccount}</span>
          <Button
            look="quiet"
            onClick={() => {
              replace({ name: "sign-up", instance: instance.id, email: state.identifier });
            }}
          >
            {create}
          </Button>
        </div>
        <WaitingNote instance={instance} action={[going, passkey, opening].find(({ busy }) => busy) ?? action} />
      </div>
    </FormPage>
  );
}

function PasskeyButton({
  last,
  action,
  onPress,
}: {
  /** Whether somebody signed in here so last. */
  last: boolean;
  action: Action;
  onPress: () => void;
}) {
  const words = useWords();
  const badge = useId();
  return (
    <Button
      wide
      pending={action.pending}
      // The badge is no part of what the button is called.
      {...(last && { "aria-label": words.passkeys.signIn, "aria-describedby": badge })}
      onClick={onPress}
    >
      <PasskeyIcon />
      {words.passkeys.signIn}
      {last && (
        <span id={badge} className="badge">
          {words.browser.lastUsed}
        </span>
      )}
    </Button>
  );
}
