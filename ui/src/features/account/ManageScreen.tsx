import { useEffect, useRef, useState } from "react";

import { CodeStep } from "../../app/CodeStep";
import { InstanceGate, StaleNotice } from "../../app/InstanceGate";
import { useInstance } from "../../app/instances";
import { useNavigation, useOnTop } from "../../app/navigation";
import { VaultNotice } from "../../app/VaultNotice";
import type { InstanceView } from "../../bridge/InstanceView";
import { BackButton } from "../../primitives/BackButton";
import { SectionsPage } from "../../primitives/SectionsPage";
import { useSession } from "../../sdk/hooks";
import type { EmailAddressResource } from "../../sdk/resources/email-address";
import type { SessionResource } from "../../sdk/resources/session";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { ConnectionsPanel, hasConnections } from "./ConnectionsPanel";
import { DeletePanel } from "./DeletePanel";
import { DevicesPanel } from "./DevicesPanel";
import { EmailsPanel } from "./EmailsPanel";
import { PasswordPanel } from "./PasswordPanel";
import { PicturePanel } from "./PicturePanel";
import { Name } from "./ProfilePanel";

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

/** An address that is being proven. */
interface Proving {
  email: EmailAddressResource;
  /** When another code may be asked for; none has been sent yet when null. */
  resendAt: number | null;
}

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
  const [proving, setProving] = useState<Proving | null>(null);
  const [said, setSaid] = useState("");
  const page = useRef<HTMLDivElement>(null);
  const wasProving = useRef(false);

  useEffect(() => {
    if (wasProving.current && !proving) {
      page.current?.querySelector<HTMLElement>("[data-section='emails'] h2")?.focus();
    }
    wasProving.current = proving !== null;
  }, [proving]);

  if (proving) {
    const { email } = proving;
    const leave = () => {
      setProving(null);
    };
    return (
      <CodeStep
        instance={instance}
        title={words.account.verifyEmail(email.emailAddress)}
        sentTo={email.emailAddress}
        resendAt={proving.resendAt}
        sendFirst={proving.resendAt === null}
        prepare={() => email.prepareVerification({ strategy: "email_code" })}
        attempt={(code) => email.attemptVerification({ code })}
        onDone={() => {
          setSaid(words.account.emailAdded(email.emailAddress));
          leave();
        }}
        onBack={leave}
      />
    );
  }
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
                said={said}
                onSaid={setSaid}
                onProve={(email, resendAt) => {
                  setSaid("");
                  setProving({ email, resendAt });
                }}
              />
            ),
          },
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
