import type { ReactNode } from "react";

import { useStore } from "../app/context";
import type { Screen } from "../app/navigation";
import { ManageScreen } from "../features/account/ManageScreen";
import { OutboxScreen } from "../features/outbox/OutboxScreen";
import { SettingsScreen } from "../features/settings/SettingsScreen";
import { SignInScreen } from "../features/sign-in/SignInScreen";
import { SignUpScreen } from "../features/sign-up/SignUpScreen";
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
        <AtInstance instance={screen.instance}>
          <SignUpScreen instance={screen.instance} email={screen.email} />
        </AtInstance>
      );
    case "sign-in":
      return (
        <AtInstance instance={screen.instance}>
          <SignInScreen instance={screen.instance} email={screen.email} />
        </AtInstance>
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
  }
}

/** Lets the hooks of what it holds speak of one instance. */
export function AtInstance({ instance, children }: { instance: string; children: ReactNode }) {
  const store = useStore();
  return (
    <ClerkProvider store={store} instance={instance}>
      {children}
    </ClerkProvider>
  );
}
