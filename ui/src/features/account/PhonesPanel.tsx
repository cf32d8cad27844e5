import { useState } from "react";

import { useAction } from "../../app/action";
import { sendCode } from "../../app/code-entry";
import { type Failure, placeFailure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { signUpRules } from "../../app/instances";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { emptyPhone, phoneNumberOf, spokenPhone } from "../../primitives/phone";
import { PhoneField } from "../../primitives/PhoneField";
import type { PhoneNumberResource } from "../../sdk/resources/phone-number";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { type Confirmation, ConfirmDialog } from "./ConfirmDialog";
import { PanelForm } from "./PanelForm";

/** Whether there is anything to show: a number, or room for one. */
export function hasPhones(user: UserResource, instance: InstanceView): boolean {
  return user.phoneNumbers.length > 0 || signUpRules(instance).phoneNumber.shown;
}

/** The telephone numbers of a user: another one by a code, the primary one, and away with one. */
export function PhonesPanel({
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
  /** Leads to where the code of a number is entered. */
  onProve: (phone: PhoneNumberResource, resendAt: number | null) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Confirmation | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const mayAdd = signUpRules(instance).phoneNumber.shown;

  const makePrimary = (phone: PhoneNumberResource) => {
    if (action.busy) return;
    setFailure(null);
    onSaid("");
    action.run(() => verified(() => user.update({ primaryPhoneNumberId: phone.id })), {
      done: () => {
        onSaid(words.account.phonePrimary(spokenPhone(phone.phoneNumber)));
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };

  return (
    <>
      {user.phoneNumbers.length === 0 && !adding && <p className="quiet">{words.account.phonesNone}</p>}
      <ul className="rows">
        {user.phoneNumbers.map((phone) => {
          const number = spokenPhone(phone.phoneNumber);
          const proven = phone.verification.status === "verified";
          const primary = phone.id === user.primaryPhoneNumberId;
          return (
            <li key={phone.id} className="panel-row">
              <p className="fact-line">
                <span className="tabular">{number}</span>
                {primary && <span className="badge">{words.account.primaryNumber}</span>}
                {phone.reservedForSecondFactor && <span className="badge">{words.twoStep.badge}</span>}
                {!proven && <span className="badge">{words.account.unverified}</span>}
              </p>
              <div className="panel-buttons">
                {!proven && (
                  <Button
                    aria-label={`${words.account.enterCode}: ${number}`}
                    onClick={() => {
                      onProve(phone, null);
                    }}
                  >
                    {words.account.enterCode}
                  </Button>
                )}
                {proven && !primary && (
                  <Button
                    aria-label={`${words.account.makePrimaryNumber}: ${number}`}
                    onClick={() => {
                      makePrimary(phone);
                    }}
                  >
                    {words.account.makePrimaryNumber}
                  </Button>
                )}
                <Button
                  aria-label={words.account.removeEmailOf(number)}
                  onClick={() => {
                    onSaid("");
                    setAsked({
                      title: words.account.removeEmailTitle(number),
                      body: words.account.removePhoneBody,
                      go: words.account.removeEmail,
                      work: () => phone.destroy(),
                      done: () => {
                        onSaid(words.account.emailRemoved(number));
                      },
                    });
                  }}
                >
                  {words.account.removeEmail}
                </Button>
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
        mayAdd && (
          <div className="panel-buttons">
            <Button
              onClick={() => {
                onSaid("");
                setAdding(true);
              }}
            >
              {words.account.addPhone}
            </Button>
          </div>
        )
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

/** A new number: it is written down at the instance, and a code goes there. */
function AddForm({
  user,
  instance,
  onProve,
  onDone,
}: {
  user: UserResource;
  instance: InstanceView;
  onProve: (phone: PhoneNumberResource, resendAt: number) => void;
  onDone: () => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [draft, setDraft] = useState(emptyPhone);
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);

  const submit = () => {
    if (action.busy) return;
    const phoneNumber = phoneNumberOf(draft);
    setFailure(null);
    if (phoneNumber === null) {
      setError(draft.text.trim() ? words.fields.required.phoneFormat : words.fields.required.phoneNumber);
      setRound(round + 1);
      return;
    }
    action.run(
      async () => {
        // A number that waits for its code already gets another one.
        const waiting = user.phoneNumbers.find(
          (known) => known.phoneNumber === phoneNumber && known.verification.status !== "verified",
        );
        const added = waiting ?? (await verified(() => user.createPhoneNumber({ phoneNumber })));
        return { added, resendAt: await sendCode(() => added.prepareVerification()) };
      },
      {
        done: ({ added, resendAt }) => {
          onProve(added, resendAt);
        },
        failed: (refusal) => {
          const { fields, form } = placeFailure(refusal, { phone_number: "number" }, words);
          setError(fields.number ?? null);
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
      <PhoneField
        label={words.fields.phoneNumber}
        name="new-tel"
        takesFocus
        required
        value={draft}
        error={error ?? undefined}
        onValue={(value) => {
          setDraft(value);
          setError(null);
        }}
      />
    </PanelForm>
  );
}
