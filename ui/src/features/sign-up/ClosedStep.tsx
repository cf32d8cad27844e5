import { useState } from "react";

import { type Action, useAction } from "../../app/action";
import { type Failure, placeFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { spokenName } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { FormPage, SlowNote } from "../../primitives/FormPage";
import { TextField } from "../../primitives/TextField";
import { useClerk } from "../../sdk/hooks";
import { useWords } from "../../words/words";
import { ticketOf } from "./machine";

interface ClosedStepProps {
  instance: InstanceView;
  mode: "restricted" | "waitlist";
  /** An address that was typed already. */
  email: string;
  /** Signs up by the ticket of an invitation. */
  accepting: Action;
  onTicket: (ticket: string) => void;
  /** Why the invitation lets nobody in. */
  failure: Failure | null;
}

/** Why an instance takes no new people by itself, and the ways in that there are: an invitation, or asking for one. */
export function ClosedStep(props: ClosedStepProps) {
  const [invited, setInvited] = useState(props.mode === "restricted");
  return invited ? (
    <Invitation
      {...props}
      {...(props.mode === "waitlist" && {
        onBack: () => {
          setInvited(false);
        },
      })}
    />
  ) : (
    <Waitlist
      {...props}
      onInvited={() => {
        setInvited(true);
      }}
    />
  );
}

/** Asks for an invitation. What becomes of it, the instance writes to the address. */
function Waitlist({ instance, email, onInvited }: ClosedStepProps & { onInvited: () => void }) {
  const words = useWords();
  const { back } = useNavigation();
  const clerk = useClerk();
  const action = useAction();
  const [address, setAddress] = useState(email);
  const [error, setError] = useState<string | undefined>();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [joined, setJoined] = useState<string | null>(null);
  const name = spokenName(instance, words);
  const said = words.signUp.closed.waitlist;

  const join = () => {
    if (action.busy || joined !== null) return;
    const emailAddress = address.trim();
    setFailure(null);
    if (!/^[^\s@]+@[^\s@]+$/.test(emailAddress)) {
      setError(emailAddress ? words.fields.required.emailFormat : words.fields.required.emailAddress);
      return;
    }
    action.run(() => clerk.joinWaitlist({ emailAddress }), {
      done: () => {
        setJoined(emailAddress);
      },
      failed: (refused) => {
        const { fields, form } = placeFailure(refused, { email_address: "emailAddress" }, words);
        setError(fields.emailAddress);
        setFailure(form);
      },
    });
  };

  return (
    <FormPage place={<Place instance={instance} />} title={said.title} onBack={back} onSubmit={join}>
      {joined === null ? (
        <>
          <Banner tone="info">{said.body(name)}</Banner>
          <FailureNote failure={failure} />
          <TextField
            label={words.fields.emailAddress}
            type="email"
            name="email"
            autoComplete="email"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            data-autofocus=""
            value={address}
            required
            error={error}
            onValue={(value) => {
              setAddress(value);
              setError(undefined);
            }}
          />
          <Button type="submit" look="primary" wide pending={action.pending}>
            {said.join}
          </Button>
          <SlowNote waiting={action.waiting} name={name} onCancel={action.cancel} />
        </>
      ) : (
        <Banner tone="ok" title={said.joinedTitle}>
          {said.joined(joined)}
        </Banner>
      )}
      <Button wide onClick={onInvited}>
        {words.signUp.invitation.have}
      </Button>
      <Otherwise instance={instance} email={email} />
    </FormPage>
  );
}

/** Signs up by an invitation: the link of the mail, or the code that its page shows. */
function Invitation({
  instance,
  mode,
  email,
  accepting,
  onTicket,
  failure,
  onBack,
}: ClosedStepProps & { onBack?: () => void }) {
  const words = useWords();
  const { back } = useNavigation();
  const [pasted, setPasted] = useState("");
  const [error, setError] = useState<string | undefined>();
  const name = spokenName(instance, words);
  const said = words.signUp.invitation;

  const accept = () => {
    if (accepting.busy) return;
    const ticket = ticketOf(pasted);
    if (ticket === null) setError(pasted.trim() ? said.wrong : said.missing);
    else onTicket(ticket);
  };

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={mode === "restricted" ? words.signUp.closed.restricted.title : said.title}
      onBack={onBack ?? back}
      onSubmit={accept}
    >
      {mode === "restricted" && <Banner tone="info">{words.signUp.closed.restricted.body(name)}</Banner>}
      <FailureNote failure={failure} />
      <TextField
        label={said.label}
        name="invitation"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        data-autofocus=""
        value={pasted}
        required
        error={error}
        hint={said.hint}
        onValue={(value) => {
          setPasted(value);
          setError(undefined);
        }}
      />
      <Button type="submit" look="primary" wide pending={accepting.pending}>
        {said.accept}
      </Button>
      <SlowNote waiting={accepting.waiting} name={name} onCancel={accepting.cancel} />
      <Otherwise instance={instance} email={email} />
    </FormPage>
  );
}

/** Whom to ask, and the way in of those who have an account. */
function Otherwise({ instance, email }: { instance: InstanceView; email: string }) {
  const words = useWords();
  const { replace } = useNavigation();
  const { support_email: support } = instance.environment?.display_config ?? {};
  return (
    <>
      {support && <p className="wrap">{words.signIn.askSupport(support)}</p>}
      <Button
        look="quiet"
        wide
        onClick={() => {
          replace({ name: "sign-in", instance: instance.id, ...(email && { email }) });
        }}
      >
        {words.actions.signIn}
      </Button>
    </>
  );
}
