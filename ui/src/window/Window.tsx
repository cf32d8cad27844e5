import { type ReactNode, useMemo } from "react";

import { type AccountEntry, useAccounts } from "../app/accounts";
import { useSnapshot } from "../app/context";
import { type Screen, useNavigation } from "../app/navigation";
import { UnlockScreen } from "../features/vault/UnlockScreen";
import { Home, useHomeKey } from "./Home";
import { Rail } from "./Rail";
import { useShortcuts } from "./shortcuts";
import { Stage } from "./Stage";

/** The rail of accounts, and beside it the pile of screens with the home screen below. */
export function Window({ draw }: { draw: (screen: Screen) => ReactNode }) {
  const { vault } = useSnapshot();
  // Nothing of anybody is shown, nor any short-cut taken, before the passphrase is there.
  if (vault.keeper === "passphrase" && vault.state === "locked") {
    return (
      <div className="window">
        <main className="stage">
          <Stage onTop>
            <UnlockScreen />
          </Stage>
        </main>
      </div>
    );
  }
  return <OpenWindow draw={draw} />;
}

function OpenWindow({ draw }: { draw: (screen: Screen) => ReactNode }) {
  const { screens, open, home } = useNavigation();
  const { accounts, select } = useAccounts();
  const homeKey = useHomeKey();
  const top = screens.at(-1);

  const moves = useMemo(() => {
    const show = (account: AccountEntry) => {
      if (account.needsSignIn) {
        open({
          name: "sign-in",
          instance: account.instance.id,
          ...(account.email !== null && { email: account.email }),
        });
        return;
      }
      home();
      // The snapshot says what is shown; a refusal leaves the account that was.
      if (!account.active) void select(account.key).catch(() => undefined);
    };
    return {
      onShow: show,
      onAccount: (index: number) => {
        const account = accounts[index];
        if (account) show(account);
      },
      onAdd: () => {
        open({ name: "welcome" });
      },
      onOutbox: () => {
        open({ name: "outbox" });
      },
      onSettings: () => {
        open({ name: "settings" });
      },
    };
  }, [accounts, home, open, select]);
  useShortcuts(moves);

  return (
    <div className="window">
      <Rail accounts={accounts} top={top?.screen} {...moves} />
      <main className="stage">
        <Stage key={`home ${homeKey}`} onTop={!top} modest>
          <Home />
        </Stage>
        {screens.map(({ key, screen }) => (
          <Stage key={key} onTop={key === top?.key}>
            {draw(screen)}
          </Stage>
        ))}
      </main>
    </div>
  );
}
