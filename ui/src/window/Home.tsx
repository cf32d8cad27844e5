import { useEffect, useEffectEvent } from "react";

import { type AccountEntry, useAccounts } from "../app/accounts";
import { useSnapshot } from "../app/context";
import { usePreferences } from "../app/preferences";
import { AccountScreen } from "../features/account/AccountScreen";
import { ChooseScreen } from "../features/choose/ChooseScreen";
import { WelcomeScreen } from "../features/welcome/WelcomeScreen";
import { AtInstance } from "./screens";

/** What lies below every other screen: the active account; the choice where none is; Welcome where there are none. */
export function Home() {
  const { revision, active } = useSnapshot();
  // The app answers within a few frames; drawing Welcome first would make it jump for everybody who has an account.
  if (revision < 0) return null;
  if (!active) return <Nobody />;
  return (
    <AtInstance key={`${active.instance}/${active.session}`} instance={active.instance}>
      <AccountScreen account={active} />
    </AtInstance>
  );
}

/** What is shown while no account is: where the person wants signing out to land. */
function Nobody() {
  const { accounts, select } = useAccounts();
  const { after_sign_out: place } = usePreferences().preferences;
  const there = accounts.filter((account) => !account.needsSignIn);
  const next = there.reduce<AccountEntry | undefined>(
    (last, account) => (last && last.usedAt >= account.usedAt ? last : account),
    undefined,
  );
  const wanted = place === "next" ? next?.key : undefined;
  const show = useEffectEvent(() => {
    // A refusal leaves the choice.
    if (wanted) void select(wanted).catch(() => undefined);
  });
  useEffect(() => {
    show();
  }, [wanted?.instance, wanted?.session]);
  if (accounts.length === 0 || place === "welcome") return <WelcomeScreen />;
  return <ChooseScreen />;
}

/** Tells one home screen from another, so that the next one begins afresh. */
export function useHomeKey(): string {
  const { active } = useSnapshot();
  return active ? `${active.instance}/${active.session}` : "";
}
