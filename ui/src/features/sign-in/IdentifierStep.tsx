import { useEffect, useRef } from "react";

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
import { callingCode, systemCountry } from "../../primitives/phone";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";

/** Who is coming in. */
export function IdentifierStep({
  instance,
  state,
  action,
  mayCreate,
  onEdit,
  onSubmit,
  going,
  onProvider,
}: {
  instance: InstanceView;
  state: Extract<SignInState, { step: "identifier" }>;
  action: Action;
  mayCreate: boolean;
  onEdit: (value: string) => void;
  onSubmit: () => void;
  /** The way out to the browser. */
  going: Action;
  onProvider: (provider: Provider) => void;
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
        <ProviderButtons instance={instance} action={going} onChoose={onProvider} />
        {mayCreate && (
          <div className="form-foot">
            <span>{words.signIn.noAccount}</span>
            <Button
              look="quiet"
              onClick={() => {
                replace({ name: "sign-up", instance: instance.id, email: state.identifier });
              }}
            >
              {words.actions.createAccount}
            </Button>
          </div>
        )}
        <WaitingNote instance={instance} action={going.busy ? going : action} />
      </div>
    </FormPage>
  );
}
