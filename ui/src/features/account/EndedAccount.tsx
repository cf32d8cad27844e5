import { AccountAvatar } from "../../app/AccountAvatar";
import type { AccountEntry } from "../../app/accounts";
import { StaleNotice } from "../../app/InstanceGate";
import { useNavigation } from "../../app/navigation";
import { Place } from "../../app/Place";
import { VaultNotice } from "../../app/VaultNotice";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
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
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={words.account.endedTitle}
      lead={<p>{words.account.endedBody}</p>}
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
          look="primary"
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
      </div>
    </FormPage>
  );
}
