import { useAccounts } from "../app/accounts";
import { useSnapshot } from "../app/context";
import { AccountScreen } from "../features/account/AccountScreen";
import { ChooseScreen } from "../features/choose/ChooseScreen";
import { WelcomeScreen } from "../features/welcome/WelcomeScreen";
import { AtInstance } from "./screens";

/** What lies below every other screen: the active account; the choice where none is; Welcome where there are none. */
export function Home() {
  const { revision, active } = useSnapshot();
  const { accounts } = useAccounts();
  // The app answers within a few frames; drawing Welcome first would make it jump for everybody who has an account.
  if (revision < 0) return null;
  if (!active) return accounts.length > 0 ? <ChooseScreen /> : <WelcomeScreen />;
  return (
    <AtInstance key={`${active.instance}/${active.session}`} instance={active.instance}>
      <AccountScreen account={active} />
    </AtInstance>
  );
}

/** Tells one home screen from another, so that the next one begins afresh. */
export function useHomeKey(): string {
  const { active } = useSnapshot();
  return active ? `${active.instance}/${active.session}` : "";
}
