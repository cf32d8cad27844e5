import { useEffect, useRef, useState } from "react";

import { CodeStep } from "../../app/CodeStep";
import { InstanceGate, StaleNotice } from "../../app/InstanceGate";
import { useInstance } from "../../app/instances";
import { useNavigation, useOnTop } from "../../app/navigation";
import { hasPasskeys, MOST_PASSKEYS } from "../../app/passkeys";
import { VaultNotice } from "../../app/VaultNotice";
import type { InstanceView } from "../../bridge/InstanceView";
import { BackButton } from "../../primitives/BackButton";
import { spokenPhone } from "../../primitives/phone";
import { SectionsPage } from "../../primitives/SectionsPage";
import { useSession } from "../../sdk/hooks";
import type { EmailAddressResource } from "../../sdk/resources/email-address";
import type { PhoneNumberResource } from "../../sdk/resources/phone-number";
import type { TOTPResource } from "../../sdk/resources/second-factor";
import type { SessionResource } from "../../sdk/resources/session";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { AuthenticatorStep } from "./AuthenticatorStep";
import { BackupCodesStep } from "./BackupCodesStep";
import { ConnectionsPanel, hasConnections } from "./ConnectionsPanel";
import { DeletePanel } from "./DeletePanel";
import { DevicesPanel } from "./DevicesPanel";
import { EmailsPanel } from "./EmailsPanel";
import { PasskeysPanel } from "./PasskeysPanel";
import { PasswordPanel } from "./PasswordPanel";
import { hasPhones, PhonesPanel } from "./PhonesPanel";
import { PicturePanel } from "./PicturePanel";
import { Name } from "./ProfilePanel";
import { hasTwoStep, TwoStepPanel } from "./TwoStepPanel";

/** What belongs to the account on screen, to be changed: picture, name, addresses, password, devices, and the account itself. */
export function ManageScreen({ instance: id }: { instance: string }) {
  const words = useWords();
  const instance = useInstance(id);
  const { session } = useSession({ treatPendingAsSignedOut: false });
  const { home } = useNavigation();
  const onTop = useOnTop();
  const gone = session === null || !instance;
  useEffect(() => {
    // Nobody is left to manage: deleted here, or signed out somewhere else.
    if (gone && onTop) home();
  }, [gone, home, onTop]);
  return (
    <InstanceGate instance={instance} title={words.account.manage} fields={3}>
      {(ready) => session?.user && <Manage instance={ready} session={session} user={session.user} />}
    </InstanceGate>
  );
}

/** Something that takes the whole screen while it is done. */
type Step =
  /** When another code may be asked for; none has been sent yet when null. */
  | { section: "emails"; email: EmailAddressResource; resendAt: number | null }
  | { section: "phones"; phone: PhoneNumberResource; resendAt: number | null }
  | { section: "two-step"; totp: TOTPResource }
  /** Backup codes that are shown once, and what is said when they have been kept. */
  | { section: "two-step"; codes: string[]; said: string };

function Manage({
  instance,
  session,
  user,
}: {
  instance: InstanceView;
  session: SessionResource;
  user: UserResource;
}) {
  const words = useWords();
  const { back } = useNavigation();
  const [step, setStep] = useState<Step | null>(null);
  // What was done last in each section.
  const [said, setSaid] = useState<Partial<Record<Step["section"], string>>>({});
  const page = useRef<HTMLDivElement>(null);
  const before = useRef<Step | null>(null);

  useEffect(() => {
    if (before.current && !step) {
      page.current?.querySelector<HTMLElement>(`[data-section='${before.current.section}'] h2`)?.focus();
    }
    before.current = step;
  }, [step]);

  const say = (section: Step["section"]) => (text: string) => {
    setSaid((all) => ({ ...all, [section]: text }));
  };
  const begin = (next: Step) => {
    say(next.section)("");
    setStep(next);
  };
  const end = (section: Step["section"], text = "") => {
    say(section)(text);
    setStep(null);
  };

  // Where the last one that cannot be made any more is deleted, what is said of it stays in sight, and the focus with it.
  const passkeys = hasPasskeys(user, instance);
  const [hadPasskeys, setHadPasskeys] = useState(passkeys);
  if (passkeys && !hadPasskeys) setHadPasskeys(true);

  if (step) return <WholeStep instance={instance} user={user} step={step} onStep={begin} onEnd={end} />;
  return (
    <div ref={page}>
      <SectionsPage
        head={
          <header className="page-top">
            <BackButton onBack={back} />
            <h1 tabIndex={-1}>{words.account.manage}</h1>
          </header>
        }
        banners={
          <>
            <VaultNotice />
            <StaleNotice instance={instance} />
          </>
        }
        sections={[
          {
            id: "details",
            title: words.account.personal,
            content: (
              <>
                <PicturePanel user={user} instance={instance} />
                <Name user={user} instance={instance} />
              </>
            ),
          },
          {
            id: "emails",
            title: words.account.emails,
            lead: words.account.emailsLead,
            content: (
              <EmailsPanel
                user={user}
                instance={instance}
                said={said.emails ?? ""}
                onSaid={say("emails")}
                onProve={(email, resendAt) => {
                  begin({ section: "emails", email, resendAt });
                }}
              />
            ),
          },
          ...(hasPhones(user, instance)
            ? [
                {
                  id: "phones",
                  title: words.account.phones,
                  lead: words.account.phonesLead,
                  content: (
                    <PhonesPanel
                      user={user}
                      instance={instance}
                      said={said.phones ?? ""}
                      onSaid={say("phones")}
                      onProve={(phone, resendAt) => {
                        begin({ section: "phones", phone, resendAt });
                      }}
                    />
                  ),
                },
              ]
            : []),
          ...(hasConnections(user, instance)
            ? [
                {
                  id: "connections",
                  title: words.account.connections,
                  lead: words.account.connectionsLead,
                  content: <ConnectionsPanel user={user} session={session} instance={instance} />,
                },
              ]
            : []),
          {
            id: "password",
            title: words.account.password,
            content: <PasswordPanel user={user} instance={instance} />,
          },
          ...(passkeys || hadPasskeys
            ? [
                {
                  id: "passkeys",
                  title: words.passkeys.title,
                  lead: words.passkeys.lead(MOST_PASSKEYS),
                  content: <PasskeysPanel user={user} instance={instance} />,
                },
              ]
            : []),
          ...(hasTwoStep(user, instance)
            ? [
                {
                  id: "two-step",
                  title: words.twoStep.title,
                  lead: words.twoStep.lead,
                  content: (
                    <TwoStepPanel
                      user={user}
                      instance={instance}
                      said={said["two-step"] ?? ""}
                      onSaid={say("two-step")}
                      onAuthenticator={(totp) => {
                        begin({ section: "two-step", totp });
                      }}
                      onCodes={(codes, done) => {
                        begin({ section: "two-step", codes, said: done });
                      }}
                    />
                  ),
                },
              ]
            : []),
          {
            id: "devices",
            title: words.account.devices,
            lead: words.account.devicesLead,
            content: <DevicesPanel user={user} session={session} instance={instance} />,
          },
          ...(user.deleteSelfEnabled
            ? [
                {
                  id: "delete",
                  title: words.account.deleteTitle,
                  content: <DeletePanel user={user} instance={instance} />,
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}

/** A step that takes the whole screen: the code of an address or a number, an authenticator app, backup codes. */
function WholeStep({
  instance,
  user,
  step,
  onStep,
  onEnd,
}: {
  instance: InstanceView;
  user: UserResource;
  step: Step;
  onStep: (step: Step) => void;
  /** Called with what there is to say, if there is anything. */
  onEnd: (section: Step["section"], said?: string) => void;
}) {
  const words = useWords();
  const leave = () => {
    onEnd(step.section);
  };
  if ("totp" in step) {
    return (
      <AuthenticatorStep
        instance={instance}
        user={user}
        totp={step.totp}
        onDone={(codes) => {
          const said = words.twoStep.authenticatorOn;
          if (codes && codes.length > 0) onStep({ section: "two-step", codes, said });
          else onEnd("two-step", said);
        }}
        onBack={leave}
      />
    );
  }
  if ("codes" in step) {
    return (
      <BackupCodesStep
        instance={instance}
        user={user}
        codes={step.codes}
        onDone={() => {
          onEnd("two-step", step.said);
        }}
      />
    );
  }
  const proof =
    step.section === "emails"
      ? {
          address: step.email.emailAddress,
          prepare: () => step.email.prepareVerification({ strategy: "email_code" }),
          attempt: (code: string): Promise<unknown> => step.email.attemptVerification({ code }),
        }
      : {
          address: spokenPhone(step.phone.phoneNumber),
          prepare: () => step.phone.prepareVerification(),
          attempt: (code: string): Promise<unknown> => step.phone.attemptVerification({ code }),
        };
  return (
    <CodeStep
      instance={instance}
      title={words.account.verifyEmail(proof.address)}
      sentTo={proof.address}
      resendAt={step.resendAt}
      sendFirst={step.resendAt === null}
      prepare={proof.prepare}
      attempt={proof.attempt}
      onDone={() => {
        onEnd(step.section, words.account.emailAdded(proof.address));
      }}
      onBack={leave}
    />
  );
}
