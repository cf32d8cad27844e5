import { AccountAvatar } from "../../app/AccountAvatar";
import { type AccountEntry, addressOf, useAccounts } from "../../app/accounts";
import { InstanceProblem, StaleNotice } from "../../app/InstanceGate";
import { nameOf, useInstance } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { useVault } from "../../app/vault";
import { VaultNotice } from "../../app/VaultNotice";
import type { AccountKey } from "../../bridge/AccountKey";
import type { InstanceView } from "../../bridge/InstanceView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { SectionsPage } from "../../primitives/SectionsPage";
import { ClerkFailed, ClerkLoaded, ClerkLoading } from "../../sdk/controls";
import { useSession } from "../../sdk/hooks";
import type { SessionResource } from "../../sdk/resources/session";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { AccountSkeleton } from "./AccountSkeleton";
import { DevicesPanel } from "./DevicesPanel";
import { EndedAccount } from "./EndedAccount";
import { ProfilePanel } from "./ProfilePanel";
import { SessionPanel } from "./SessionPanel";
import { SignOutPanel } from "./SignOutPanel";

/** The account on screen: who you are, the session, where else you are signed in, and the way out. */
export function AccountScreen({ account }: { account: AccountKey }) {
  const words = useWords();
  const instance = useInstance(account.instance);
  const { vault } = useVault();
  const entry = useAccounts().accounts.find(
    ({ key }) => key.instance === account.instance && key.session === account.session,
  );
  return (
    <>
      <ClerkLoading>
        {vault.state === "ready" || vault.state === "checking" ? (
          <AccountSkeleton />
        ) : (
          <div className="page">
            <h1 tabIndex={-1} className="page-head">
              {instance ? nameOf(instance, words) : words.account.loading}
            </h1>
            <VaultNotice />
          </div>
        )}
      </ClerkLoading>
      <ClerkFailed>
        {instance && (
          <div className="page">
            <h1 tabIndex={-1} className="page-head">
              {nameOf(instance, words)}
            </h1>
            <VaultNotice />
            <InstanceProblem instance={instance} />
          </div>
        )}
      </ClerkFailed>
      <ClerkLoaded>
        {instance && <LoadedAccount instance={instance} entry={entry} words={words} />}
      </ClerkLoaded>
    </>
  );
}

function LoadedAccount({
  instance,
  entry,
  words,
}: {
  instance: InstanceView;
  entry: AccountEntry | undefined;
  words: ReturnType<typeof useWords>;
}) {
  // A session with tasks is shown too, with what it waits for.
  const { session } = useSession({ treatPendingAsSignedOut: false });
  if (!session) return <EndedAccount instance={instance} entry={entry} />;
  const { user } = session;
  if (!user) {
    return (
      <div className="page">
        <h1 tabIndex={-1} className="page-head">
          {nameOf(instance, words)}
        </h1>
        <Banner tone="warning">{words.account.gone}</Banner>
        <section className="panel">
          <SignOutPanel session={session} instance={instance} />
        </section>
      </div>
    );
  }
  return (
    <SectionsPage
      head={<Head user={user} instance={instance} />}
      banners={<Notices instance={instance} session={session} />}
      sections={[
        {
          id: "profile",
          title: words.account.profile,
          content: <ProfilePanel user={user} instance={instance} />,
        },
        {
          id: "session",
          title: words.account.session,
          content: <SessionPanel session={session} instance={instance} />,
        },
        {
          id: "devices",
          title: words.account.devices,
          lead: words.account.devicesLead,
          content: <DevicesPanel user={user} session={session} instance={instance} />,
        },
        {
          id: "sign-out",
          title: words.account.signOutTitle,
          content: <SignOutPanel session={session} instance={instance} />,
        },
      ]}
    />
  );
}

function Head({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const { open } = useNavigation();
  const address = addressOf(user);
  const name = user.fullName ?? address;
  return (
    <header className="page-head">
      <AccountAvatar name={name} instance={instance} picture={user.hasImage ? user.imageUrl : null} large />
      <div className="page-head-words">
        <h1 tabIndex={-1}>
          <bdi>{name}</bdi>
        </h1>
        {address !== name && address !== user.id && <p className="quiet">{address}</p>}
        <p className="quiet">{nameOf(instance, words)}</p>
      </div>
      <Button
        onClick={() => {
          open({ name: "manage", instance: instance.id });
        }}
      >
        {words.account.manage}
      </Button>
    </header>
  );
}

function Notices({ instance, session }: { instance: InstanceView; session: SessionResource }) {
  const words = useWords();
  return (
    <>
      <VaultNotice />
      <StaleNotice instance={instance} />
      {session.status === "pending" && (
        <Banner tone="warning" title={words.account.pendingTitle}>
          {words.account.pendingBody}
        </Banner>
      )}
    </>
  );
}
