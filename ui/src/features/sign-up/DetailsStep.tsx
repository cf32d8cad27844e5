import { useEffect, useRef } from "react";

import type { Action } from "../../app/action";
import { FlowFailure } from "../../app/FlowFailure";
import { type Provider, providerName } from "../../app/flows";
import { StaleNotice } from "../../app/InstanceGate";
import type { SignUpRules } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { useEstimate } from "../../app/password";
import { Place } from "../../app/Place";
import { ProviderButtons } from "../../app/ProviderButtons";
import { VaultNotice } from "../../app/VaultNotice";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import { PasswordField } from "../../primitives/PasswordField";
import { PhoneField } from "../../primitives/PhoneField";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";
import { type Draft, type SignUpState, TICKET } from "./machine";

/** Who you will be: the fields that the instance asks for, and no others. */
export function DetailsStep({
  instance,
  rules,
  state,
  action,
  onEdit,
  onSubmit,
  going,
  onProvider,
  onLeave,
  invitedAs,
}: {
  instance: InstanceView;
  rules: SignUpRules;
  state: Extract<SignUpState, { step: "details" }>;
  action: Action;
  onEdit: (field: keyof Draft, value: string) => void;
  onSubmit: () => void;
  /** The way out to the browser. */
  going: Action;
  onProvider: (provider: Provider) => void;
  /** Leaves what the browser has brought, and begins anew. */
  onLeave: () => void;
  /** The address of an invitation, which nobody can change. */
  invitedAs: string;
}) {
  const words = useWords();
  const { back, replace } = useNavigation();
  const { draft, errors, lacking } = state;
  const invited = lacking?.strategy === TICKET;
  const provider = lacking && !invited && providerName(instance, lacking.strategy);
  const fields = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (state.round > 0) focusFirst(fields.current);
  }, [state.round]);

  const estimate = useEstimate([draft.emailAddress, draft.username, draft.firstName, draft.lastName]);

  const emailOrPhone = rules.emailAddress.shown || rules.phoneNumber.shown;
  const label = (name: string, required: boolean) =>
    required ? name : words.fields.optional(name);
  const nameFirst = rules.firstName.shown && (
    <TextField
      label={words.fields.firstName}
      name="given-name"
      autoComplete="given-name"
      value={draft.firstName}
      required={rules.firstName.required}
      error={errors.firstName}
      hint={rules.firstName.required ? null : words.fields.optionalHint}
      onValue={(value) => {
        onEdit("firstName", value);
      }}
    />
  );
  const nameLast = rules.lastName.shown && (
    <TextField
      label={words.fields.lastName}
      name="family-name"
      autoComplete="family-name"
      value={draft.lastName}
      required={rules.lastName.required}
      error={errors.lastName}
      hint={rules.lastName.required ? null : words.fields.optionalHint}
      onValue={(value) => {
        onEdit("lastName", value);
      }}
    />
  );

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={lacking ? words.signUp.missingTitle : words.signUp.title}
      {...(provider && { lead: <p>{words.signUp.missingLead(provider)}</p> })}
      {...(invited && { lead: <p className="wrap">{words.signUp.invitedLead(invitedAs)}</p> })}
      onBack={lacking ? onLeave : back}
      onSubmit={onSubmit}
    >
      <VaultNotice />
      <StaleNotice instance={instance}>{words.instance.unsent}</StaleNotice>
      <FlowFailure instance={instance} failure={state.failure} />
      <div className="form-fields" ref={fields}>
        {rules.emailAddress.shown && (
          <TextField
            label={label(words.fields.emailAddress, rules.emailAddress.required)}
            type="email"
            name="email"
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            data-autofocus=""
            value={draft.emailAddress}
            required={rules.emailAddress.required}
            error={errors.emailAddress}
            onValue={(value) => {
              onEdit("emailAddress", value);
            }}
          />
        )}
        {rules.phoneNumber.shown && (
          <PhoneField
            label={label(words.fields.phoneNumber, rules.phoneNumber.required)}
            takesFocus={!rules.emailAddress.shown}
            value={{ country: draft.phoneCountry, text: draft.phoneNumber }}
            required={rules.phoneNumber.required}
            error={errors.phoneNumber}
            onValue={({ country, text }) => {
              onEdit("phoneCountry", country);
              onEdit("phoneNumber", text);
            }}
          />
        )}
        {rules.username.shown && (
          <TextField
            label={label(words.fields.username, rules.username.required)}
            name="username"
            autoComplete={rules.emailAddress.shown ? "off" : "username"}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            {...(!emailOrPhone && { "data-autofocus": "" })}
            value={draft.username}
            required={rules.username.required}
            error={errors.username}
            hint={words.fields.usernameHint(rules.usernameLength.min)}
            onValue={(value) => {
              onEdit("username", value);
            }}
          />
        )}
        {rules.password.shown && (
          <PasswordField
            label={label(words.fields.password, rules.password.required)}
            name="new-password"
            autoComplete="new-password"
            {...(!emailOrPhone && !rules.username.shown && { "data-autofocus": "" })}
            value={draft.password}
            required={rules.password.required}
            error={errors.password}
            hint={words.fields.passwordHint(rules.passwordMinLength, rules.passwordNeeds)}
            estimate={estimate}
            onValue={(value) => {
              onEdit("password", value);
            }}
          />
        )}
        {nameFirst && nameLast ? (
          <div className="form-pair">
            {nameFirst}
            {nameLast}
          </div>
        ) : (
          <>
            {nameFirst}
            {nameLast}
          </>
        )}
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
        {!lacking && <ProviderButtons instance={instance} action={going} onChoose={onProvider} />}
        <div className="form-foot" hidden={lacking !== null}>
          <span>{words.signUp.haveAccount}</span>
          <Button
            look="quiet"
            onClick={() => {
              replace({ name: "sign-in", instance: instance.id, email: draft.emailAddress });
            }}
          >
            {words.actions.signIn}
          </Button>
        </div>
        <WaitingNote instance={instance} action={going.busy ? going : action} />
      </div>
    </FormPage>
  );
}
