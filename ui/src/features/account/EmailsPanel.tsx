import { useState } from "react";

import { useAction } from "../../app/action";
import { sendCode } from "../../app/code-entry";
import { type Failure, placeFailure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { TextField } from "../../primitives/TextField";
import type { EmailAddressResource } from "../../sdk/resources/email-address";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { type Confirmation, ConfirmDialog } from "./ConfirmDialog";
import { PanelForm } from "./PanelForm";

/** The addresses of a user: another one by a code, the primary one, and away with one. */
export function EmailsPanel({
  user,
  instance,
  said,
  onSaid,
  onProve,
}: {
  user: UserResource;
  instance: InstanceView;
  /** What was done last. */
  said: string;
  onSaid: (said: string) => void;
  /** Leads to where the code of an address is entered. */
  onProve: (email: EmailAddressResource, resendAt: number | null) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Confirmation | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const makePrimary = (email: EmailAddressResource) => {
    if (action.busy) return;
    setFailure(null);
    onSaid("");
    action.run(() => verified(() => user.update({ primaryEmailAddressId: email.id })), {
      done: () => {
        onSaid(words.account.emailPrimary(email.emailAddress));
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };

  return (
    <>
      <ul className="rows">
        {user.emailAddresses.map((email) => {
          const verified = email.verification.status === "verified";
          const primary = email.id === user.primaryEmailAddressId;
          return (
            <li key={email.id} className="panel-row">
              <p className="fact-line">
                <span>{email.emailAddress}</span>
                {primary && <span className="badge">{words.account.primary}</span>}
                {!verified && <span className="badge">{words.account.unverified}</span>}
              </p>
              <div className="panel-buttons">
                {!verified && (
                  <Button
                    aria-label={`${words.account.enterCode}: ${email.emailAddress}`}
                    onClick={() => {
                      onProve(email, null);
                    }}
                  >
                    {words.account.enterCode}
                  </Button>
                )}
                {verified && !primary && (
                  <Button
                    aria-label={`${words.account.makePrimary}: ${email.emailAddress}`}
                    onClick={() => {
                      makePrimary(email);
                    }}
                  >
                    {words.account.makePrimary}
                  </Button>
                )}
                {!primary && (
                  <Button
                    aria-label={words.account.removeEmailOf(email.emailAddress)}
                    onClick={() => {
                      onSaid("");
                      setAsked({
                        title: words.account.removeEmailTitle(email.emailAddress),
                        body: words.account.removeEmailBody,
                        go: words.account.removeEmail,
                        work: () => email.destroy(),
                        done: () => {
                          onSaid(words.account.emailRemoved(email.emailAddress));
                        },
                      });
                    }}
                  >
                    {words.account.removeEmail}
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      <FailureNote failure={failure} />
      <p role="status" className={said ? "quiet" : "only-read-aloud"}>
        {said}
      </p>
      <WaitingNote instance={instance} action={action} />
      {adding ? (
        <AddForm
          user={user}
          instance={instance}
          onProve={onProve}
          onDone={() => {
            setAdding(false);
          }}
        />
      ) : (
        <div className="panel-buttons">
          <Button
            onClick={() => {
              onSaid("");
              setAdding(true);
            }}
          >
            {words.account.addEmail}
          </Button>
        </div>
      )}
      <ConfirmDialog
        asked={asked}
        onClose={() => {
          setAsked(null);
        }}
      />
    </>
  );
}

/** A new address: it is written down at the instance, and a code goes there. */
function AddForm({
  user,
  instance,
  onProve,
  onDone,
}: {
  user: UserResource;
  instance: InstanceView;
  onProve: (email: EmailAddressResource, resendAt: number) => void;
  onDone: () => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [address, setAddress] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);

  const submit = () => {
    if (action.busy) return;
    const email = address.trim();
    setFailure(null);
    if (!email) {
      setError(words.fields.required.emailAddress);
      setRound(round + 1);
      return;
    }
    action.run(
      async () => {
        // An address that waits for its code already gets another one.
        const waiting = user.emailAddresses.find(
          (known) => known.emailAddress === email && known.verification.status !== "verified",
        );
        const added = waiting ?? (await verified(() => user.createEmailAddress({ email })));
        const resendAt = await sendCode(() => added.prepareVerification({ strategy: "email_code" }));
        return { added, resendAt };
      },
      {
        done: ({ added, resendAt }) => {
          onProve(added, resendAt);
        },
        failed: (refusal) => {
          const { fields, form } = placeFailure(refusal, { email_address: "address" }, words);
          setError(fields.address ?? null);
          setFailure(form);
          setRound(round + 1);
        },
      },
    );
  };

  return (
    <PanelForm
      instance={instance}
      action={action}
      round={round}
      failure={failure}
      submit={words.account.sendCode}
      onSubmit={submit}
      onCancel={onDone}
    >
      <TextField
        label={words.fields.emailAddress}
        type="email"
        name="new-email"
        autoComplete="email"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        data-autofocus=""
        required
        value={address}
        error={error ?? undefined}
        onValue={(value) => {
          setAddress(value);
          setError(null);
        }}
      />
    </PanelForm>
  );
}
