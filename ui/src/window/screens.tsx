import type { ReactNode } from "react";

import { useStore } from "../app/context";
import { useLeaveAttempt } from "../app/instances";
import type { Screen } from "../app/navigation";
import { Reverification } from "../app/Reverification";
import { ManageScreen } from "../features/account/ManageScreen";
import { OutboxScreen } from "../features/outbox/OutboxScreen";
import { SettingsScreen } from "../features/settings/SettingsScreen";
import { SignInScreen } from "../features/sign-in/SignInScreen";
import { SignUpScreen } from "../features/sign-up/SignUpScreen";
import { PassphraseScreen } from "../features/vault/PassphraseScreen";
import { ConnectScreen } from "../features/welcome/ConnectScreen";
import { WelcomeScreen } from "../features/welcome/WelcomeScreen";
import { ClerkProvider } from "../sdk/provider";

/** The one place that knows which feature draws which screen. */
export function drawScreen(screen: Screen): ReactNode {
  switch (screen.name) {
    case "welcome":
      return <WelcomeScreen adding />;
    case "connect":
      return <ConnectScreen />;
    case "sign-up":
      return (
        <AttemptAt instance={screen.instance}>
          <SignUpScreen instance={screen.instance} email={screen.email} />
        </AttemptAt>
      );
    case "sign-in":
      return (
        <AttemptAt instance={screen.instance}>
          <SignInScreen instance={screen.instance} email={screen.email} />
        </AttemptAt>
      );
    case "manage":
      return (
        <AtInstance instance={screen.instance}>
          <ManageScreen instance={screen.instance} />
        </AtInstance>
      );
    case "outbox":
      return <OutboxScreen />;
    case "settings":
      return <SettingsScreen />;
    case "passphrase":
      return <PassphraseScreen />;
  }
}

/** The same for an attempt, which is left with its screen. */
function AttemptAt({ instance, children }: { instance: string; children: ReactNode }) {
  useLeaveAttempt(instance);
  return <AtInstance instance={instance}>{children}</AtInstance>;
}

/** Lets the hooks of what it holds speak of one instance. */
export function AtInstance({ instance, children }: { instance: string; children: ReactNode }) {
  const store = useStore();
  return (
    <ClerkProvider store={store} instance={instance}>
      <Reverification instance={instance}>{children}</Reverification>
    </ClerkProvider>
  );
}
