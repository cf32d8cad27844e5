import { AccountAvatar } from "../../app/AccountAvatar";
import { useAccounts } from "../../app/accounts";
import { nameOf } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import { useShowAccount } from "../../app/show-account";
import { VaultNotice } from "../../app/VaultNotice";
import { Button } from "../../primitives/Button";
import { FormPage } from "../../primitives/FormPage";
import { ChevronIcon } from "../../primitives/icons";
import { useWords } from "../../words/words";

/** Where signing out lands while others are signed in: nobody goes on in another one's name without choosing it. */
export function ChooseScreen() {
  const words = useWords();
  const { accounts } = useAccounts();
  const { open } = useNavigation();
  const show = useShowAccount();
  return (
    <FormPage title={words.choose.title} lead={<p>{words.choose.lead}</p>}>
      <VaultNotice />
      <ul className="rows">
        {accounts.map((account) => (
          <li key={`${account.key.instance}/${account.key.session}`}>
            <button
              type="button"
              className="choose-account"
              onClick={() => {
                show(account);
              }}
            >
              <AccountAvatar name={account.name} instance={account.instance} picture={account.picture} />
              <span className="identity-words">
                <bdi>{account.name}</bdi>
                {account.email !== null && account.email !== account.name && (
                  <span className="quiet">{account.email}</span>
                )}
                <span className="quiet">
                  <bdi>{nameOf(account.instance, words)}</bdi>
                  {account.needsSignIn && `, ${words.rail.needsSignIn}`}
                </span>
              </span>
              <ChevronIcon />
            </button>
          </li>
        ))}
      </ul>
      <div className="form-end">
        <Button
          look="quiet"
          onClick={() => {
            open({ name: "welcome" });
          }}
        >
          {words.actions.addAccount}
        </Button>
      </div>
    </FormPage>
  );
}
