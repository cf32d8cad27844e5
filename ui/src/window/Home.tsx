import { useSnapshot } from "../app/context";
import { AccountScreen } from "../features/account/AccountScreen";
import { WelcomeScreen } from "../features/welcome/WelcomeScreen";
import { AtInstance } from "./screens";

/** What lies below every other screen: the active account, or Welcome when there is none. */
export function Home() {
  const { revision, active } = useSnapshot();
  // The app answers within a few frames; drawing Welcome first would make it jump for everybody who has an account.
  if (revision < 0) return null;
  if (!active) return <WelcomeScreen />;
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
