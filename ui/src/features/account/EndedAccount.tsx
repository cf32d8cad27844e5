import { useState } from "react";

import { AccountAvatar } from "../../app/AccountAvatar";
import type { AccountEntry } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { StaleNotice } from "../../app/InstanceGate";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import { useVault } from "../../app/vault";
import { VaultNotice } from "../../app/VaultNotice";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { useClerk } from "../../sdk/hooks";
import { useWords } from "../../words/words";

/** An account whose session ended somewhere else. */
export function EndedAccount({
  instance,
  entry,
}: {
  instance: InstanceView;
  entry: AccountEntry | undefined;
}) {
  const words = useWords();
  const { open } = useNavigation();
  const clerk = useClerk();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const { vault } = useVault();
  // Of whom nothing is known while nothing can be read, nobody can say that their session has ended.
  const unread = !entry && vault.state !== "ready";
  const why = unread ? words.account.unreadBody : words.account.endedWhy[entry?.status ?? ""];
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={unread ? words.account.unreadTitle : words.account.endedTitle}
      lead={<p>{why ?? words.account.endedBody}</p>}
    >
      <VaultNotice />
      <StaleNotice instance={instance} />
      {entry && (
        <div className="card identity">
          <AccountAvatar name={entry.name} instance={instance} picture={entry.picture} />
          <div className="identity-words">
            <span className="selectable">
              <bdi>{entry.name}</bdi>
            </span>
            {entry.email && entry.email !== entry.name && (
              <span className="quiet selectable">{entry.email}</span>
            )}
          </div>
        </div>
      )}
      <div className="form-end">
        <Button
          {...(!unread && { look: "primary" as const })}
          wide
          onClick={() => {
            open({
              name: "sign-in",
              instance: instance.id,
              ...(entry?.email && { email: entry.email }),
            });
          }}
        >
          {words.actions.signIn}
        </Button>
        {entry && (
          <Button
            wide
            pending={action.pending}
            onClick={() => {
              if (action.busy) return;
              setFailure(null);
              action.run(() => clerk.signOut({ sessionId: entry.key.session }), {
                // The snapshot takes the account out of the rail.
                done: () => undefined,
                failed: (error) => {
                  setFailure(plainFailure(error, words));
                },
              });
            }}
          >
            {words.account.removeFromList}
          </Button>
        )}
      </div>
      <WaitingNote instance={instance} action={action} />
      <FailureNote failure={failure} />
    </FormPage>
  );
}
