import { useEffect, useRef, useState } from "react";

import { type Action, useAction } from "../../app/action";
import { type Failure, placeFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { spokenName } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
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
  /** Another invitation is being pasted. */
  onEdited: () => void;
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
  const { field, refocus } = useRefocus();
  const said = words.signUp.closed.waitlist;

  const join = () => {
    if (action.busy || joined !== null) return;
    const emailAddress = address.trim();
    setFailure(null);
    if (!/^[^\s@]+@[^\s@]+$/.test(emailAddress)) {
      setError(emailAddress ? words.fields.required.emailFormat : words.fields.required.emailAddress);
      refocus();
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
        refocus();
      },
    });
  };

  const place = <Place instance={instance} />;
  if (joined !== null) {
    return (
      // A page of its own, so that it takes the focus and is read aloud.
      <FormPage key="joined" place={place} title={said.joinedTitle} onBack={back}>
        <Banner tone="ok">{said.joined(joined)}</Banner>
        <div className="form-end">
          <Button wide onClick={onInvited}>
            {words.signUp.invitation.have}
          </Button>
          <Otherwise instance={instance} email={email} />
        </div>
      </FormPage>
    );
  }
  return (
    <FormPage key="asked" place={place} title={said.title} onBack={back} onSubmit={join}>
      <Banner tone="info">{said.body(spokenName(instance, words))}</Banner>
      <FailureNote failure={failure} />
      <div className="form-fields" ref={field}>
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
            setFailure(null);
          }}
        />
      </div>
      <div className="form-end">
        <Button type="submit" look="primary" wide pending={action.pending}>
          {said.join}
        </Button>
        <Button wide onClick={onInvited}>
          {words.signUp.invitation.have}
        </Button>
        <Otherwise instance={instance} email={email} />
        <WaitingNote instance={instance} action={action} />
      </div>
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
  onEdited,
  onBack,
}: ClosedStepProps & { onBack?: () => void }) {
  const words = useWords();
  const { back } = useNavigation();
  const [pasted, setPasted] = useState("");
  const [error, setError] = useState<string | undefined>();
  const { field, refocus } = useRefocus();
  const said = words.signUp.invitation;

  const accept = () => {
    if (accepting.busy) return;
    const ticket = ticketOf(pasted);
    if (ticket === null) {
      setError(pasted.trim() ? said.wrong : said.missing);
      refocus();
    } else onTicket(ticket);
  };

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={mode === "restricted" ? words.signUp.closed.restricted.title : said.title}
      onBack={onBack ?? back}
      onSubmit={accept}
    >
      {mode === "restricted" && (
        <Banner tone="info">{words.signUp.closed.restricted.body(spokenName(instance, words))}</Banner>
      )}
      <FailureNote failure={failure} />
      <div className="form-fields" ref={field}>
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
            onEdited();
          }}
        />
      </div>
      <div className="form-end">
        <Button type="submit" look="primary" wide pending={accepting.pending}>
          {said.accept}
        </Button>
        <Otherwise instance={instance} email={email} />
        <WaitingNote instance={instance} action={accepting} />
      </div>
    </FormPage>
  );
}

/** Takes the focus to what is wrong with a field, once it says so. */
function useRefocus() {
  const field = useRef<HTMLDivElement>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (round > 0) focusFirst(field.current);
  }, [round]);
  const refocus = () => {
    setRound((before) => before + 1);
  };
  return { field, refocus };
}

/** Whom to ask, and the way in of those who have an account. */
function Otherwise({ instance, email }: { instance: InstanceView; email: string }) {
  const words = useWords();
  const { replace } = useNavigation();
  const { support_email: support } = instance.environment?.display_config ?? {};
  return (
    <>
      <div className="form-foot">
        <span>{words.signUp.haveAccount}</span>
        <Button
          look="quiet"
          onClick={() => {
            replace({ name: "sign-in", instance: instance.id, ...(email && { email }) });
          }}
        >
          {words.actions.signIn}
        </Button>
      </div>
      {support && <p className="quiet wrap">{words.signIn.askSupport(support)}</p>}
    </>
  );
}
