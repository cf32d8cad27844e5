import { type ReactNode, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { secondFactorRules } from "../../app/instances";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { spokenPhone } from "../../primitives/phone";
import type { PhoneNumberResource } from "../../sdk/resources/phone-number";
import type { TOTPResource } from "../../sdk/resources/second-factor";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { type Confirmation, ConfirmDialog } from "./ConfirmDialog";

/** Whether there is anything to show: a second factor that is on, or one that could be turned on. */
export function hasTwoStep(user: UserResource, instance: InstanceView): boolean {
  const { authenticator, phone } = secondFactorRules(instance);
  return user.twoFactorEnabled || user.totpEnabled || authenticator || phone;
}

/** The second factors of a user: another one, away with one, which is offered first, and the codes for the day without them. */
export function TwoStepPanel({
  user,
  instance,
  said,
  onSaid,
  onAuthenticator,
  onCodes,
}: {
  user: UserResource;
  instance: InstanceView;
  /** What was done last. */
  said: string;
  onSaid: (said: string) => void;
  /** Leads to where an authenticator app is set up. */
  onAuthenticator: (totp: TOTPResource) => void;
  /** Leads to where backup codes are shown once. */
  onCodes: (codes: string[], said: string) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [asked, setAsked] = useState<Confirmation | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const rules = secondFactorRules(instance);

  const run = <T,>(work: () => Promise<T>, done: (value: T) => void) => {
    if (action.busy) return;
    setFailure(null);
    onSaid("");
    action.run(() => verified(work), {
      done,
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const confirm = (confirmation: Confirmation) => {
    setFailure(null);
    onSaid("");
    setAsked(confirmation);
  };

  const proven = user.phoneNumbers.filter((phone) => phone.verification.status === "verified");
  const reserved = proven.filter((phone) => phone.reservedForSecondFactor);
  const free = rules.phone ? proven.filter((phone) => !phone.reservedForSecondFactor) : [];
  const several = reserved.length + (user.totpEnabled ? 1 : 0) > 1;
  const byDefault = reserved.find((phone) => phone.defaultSecondFactor);

  const reserve = (phone: PhoneNumberResource) => {
    run(
      () => phone.setReservedForSecondFactor({ reserved: true }),
      ({ backupCodes }) => {
        const done = words.twoStep.phoneOn(spokenPhone(phone.phoneNumber));
        if (backupCodes && backupCodes.length > 0) onCodes(backupCodes, done);
        else onSaid(done);
      },
    );
  };

  return (
    <>
      {!user.twoFactorEnabled && <p>{words.twoStep.off}</p>}
      <ul className="rows">
        {user.totpEnabled && (
          <Factor
            name={words.twoStep.authenticator}
            isDefault={several && !byDefault}
            buttons={
              <>
                {byDefault && (
                  <Button
                    aria-label={words.twoStep.makeDefaultOf(words.twoStep.authenticator)}
                    onClick={() => {
                      run(
                        () => byDefault.unmakeDefaultSecondFactor(),
                        () => {
                          onSaid(words.twoStep.isDefault(words.twoStep.authenticator));
                        },
                      );
                    }}
                  >
                    {words.twoStep.makeDefault}
                  </Button>
                )}
                <Button
                  aria-label={words.twoStep.removeAuthenticator}
                  onClick={() => {
                    confirm({
                      title: words.twoStep.removeAuthenticatorTitle,
                      body: reserved.length > 0 ? words.twoStep.removeOne : words.twoStep.removeLast,
                      go: words.twoStep.remove,
                      work: () => user.disableTOTP(),
                      done: () => {
                        onSaid(words.twoStep.authenticatorOff);
                      },
                    });
                  }}
                >
                  {words.twoStep.remove}
                </Button>
              </>
            }
          />
        )}
        {reserved.map((phone) => {
          const number = spokenPhone(phone.phoneNumber);
          return (
            <Factor
              key={phone.id}
              name={words.twoStep.textTo(number)}
              isDefault={several && phone === byDefault}
              buttons={
                <>
                  {several && phone !== byDefault && (
                    <Button
                      aria-label={words.twoStep.makeDefaultOf(number)}
                      onClick={() => {
                        run(
                          () => phone.makeDefaultSecondFactor(),
                          () => {
                            onSaid(words.twoStep.isDefault(number));
                          },
                        );
                      }}
                    >
                      {words.twoStep.makeDefault}
                    </Button>
                  )}
                  <Button
                    aria-label={words.twoStep.removePhoneOf(number)}
                    onClick={() => {
                      confirm({
                        title: words.twoStep.removePhoneTitle(number),
                        body: several ? words.twoStep.removeOne : words.twoStep.removeLast,
                        go: words.twoStep.remove,
                        work: () => phone.setReservedForSecondFactor({ reserved: false }),
                        done: () => {
                          onSaid(words.twoStep.phoneOff(number));
                        },
                      });
                    }}
                  >
                    {words.twoStep.remove}
                  </Button>
                </>
              }
            />
          );
        })}
        {user.twoFactorEnabled && (rules.backup || user.backupCodeEnabled) && (
          <li className="panel-row">
            <div>
              <p>{words.twoStep.backup}</p>
              <p className="quiet">
                {user.backupCodeEnabled ? words.twoStep.backupThere : words.twoStep.backupNone}
              </p>
            </div>
            <div className="panel-buttons">
              <Button
                onClick={() => {
                  const make = () => user.createBackupCode();
                  const show = ({ codes }: { codes: string[] }) => {
                    onCodes(codes, words.twoStep.codesMade);
                  };
                  if (!user.backupCodeEnabled) {
                    run(make, show);
                    return;
                  }
                  let made: { codes: string[] } | undefined;
                  confirm({
                    title: words.twoStep.newCodesTitle,
                    body: words.twoStep.newCodesBody,
                    go: words.twoStep.newCodes,
                    work: async () => {
                      made = await make();
                    },
                    done: () => {
                      if (made) show(made);
                    },
                  });
                }}
              >
                {user.backupCodeEnabled ? words.twoStep.newCodes : words.twoStep.makeCodes}
              </Button>
            </div>
          </li>
        )}
      </ul>
      <FailureNote failure={failure} />
      <p role="status" className={said ? "quiet" : "only-read-aloud"}>
        {said}
      </p>
      <WaitingNote instance={instance} action={action} />
      <div className="panel-buttons" hidden={free.length === 0 && (user.totpEnabled || !rules.authenticator)}>
        {free.map((phone) => (
          <Button
            key={phone.id}
            onClick={() => {
              reserve(phone);
            }}
          >
            {words.twoStep.usePhone(spokenPhone(phone.phoneNumber))}
          </Button>
        ))}
        {rules.authenticator && !user.totpEnabled && (
          <Button
            onClick={() => {
              run(() => user.createTOTP(), onAuthenticator);
            }}
          >
            {words.twoStep.addAuthenticator}
          </Button>
        )}
      </div>
      {rules.phone && proven.length === 0 && <p className="quiet">{words.twoStep.addPhoneFirst}</p>}
      <ConfirmDialog
        asked={asked}
        onClose={() => {
          setAsked(null);
        }}
      />
    </>
  );
}

function Factor({ name, isDefault, buttons }: { name: string; isDefault: boolean; buttons: ReactNode }) {
  const words = useWords();
  return (
    <li className="panel-row">
      <p className="fact-line">
        <span>{name}</span>
        {isDefault && <span className="badge">{words.twoStep.default}</span>}
      </p>
      <div className="panel-buttons">{buttons}</div>
    </li>
  );
}
