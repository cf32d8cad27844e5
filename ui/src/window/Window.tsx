import { type ReactNode, useEffect, useEffectEvent, useMemo, useState } from "react";

import { type AccountEntry, useAccounts } from "../app/accounts";
import { useShowAccount } from "../app/show-account";
import { useBridge, useSnapshot } from "../app/context";
import { type Screen, useNavigation } from "../app/navigation";
import type { Go } from "../bridge/Go";
import { useLock } from "../app/lock";
import { CeremonyDialog } from "../features/passkeys/CeremonyDialog";
import { LostLock } from "../features/lock/LostLock";
import { LockScreen } from "../features/lock/LockScreen";
import { UnlockScreen } from "../features/vault/UnlockScreen";
import { Finder } from "./Finder";
import { useFlowGuide } from "./flow-guide";
import { Home, useHomeKey } from "./Home";
import { Rail } from "./Rail";
import { useShortcuts } from "./shortcuts";
import { Stage } from "./Stage";

/** The rail of accounts, and beside it the pile of screens with the home screen below. */
export function Window({ draw }: { draw: (screen: Screen) => ReactNode }) {
  const { vault, lock } = useSnapshot();
  const [lost, setLost] = useState(false);
  // Nothing of anybody is shown, nor any short-cut taken, before the passphrase is there.
  if (vault.keeper === "passphrase" && vault.state === "locked") {
    return (
      <div className="window window-alone">
        <main className="stage">
          <Stage onTop>
            <UnlockScreen />
          </Stage>
        </main>
      </div>
    );
  }
  if (lock === "shut") {
    return (
      <div className="window window-alone">
        <main className="stage">
          <Stage onTop>
            <LockScreen
              onLost={() => {
                setLost(true);
              }}
            />
          </Stage>
        </main>
        <CeremonyDialog />
      </div>
    );
  }
  return (
    <>
      <OpenWindow draw={draw} />
      <LostLock
        open={lost}
        onClose={() => {
          setLost(false);
        }}
      />
    </>
  );
}

function OpenWindow({ draw }: { draw: (screen: Screen) => ReactNode }) {
  const { screens, open } = useNavigation();
  const { accounts } = useAccounts();
  const show = useShowAccount();
  const homeKey = useHomeKey();
  const { shut } = useLock();
  const [finding, setFinding] = useState(false);
  const top = screens.at(-1);

  const moves = useMemo(
    () => ({
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
      onFind: () => {
        setFinding(true);
      },
      onLock: () => {
        shut().catch((error: unknown) => {
          console.error("The lock was not shut.", error);
        });
      },
    }),
    [accounts, open, show, shut],
  );
  useShortcuts(moves);
  useGoing(accounts, moves);
  useFlowGuide(top?.screen);

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
      {finding && (
        <Finder
          accounts={accounts}
          onChoose={(account) => {
            setFinding(false);
            moves.onShow(account);
          }}
          onClose={() => {
            setFinding(false);
          }}
        />
      )}
      <CeremonyDialog />
    </div>
  );
}

/** Goes where the tray leads. */
function useGoing(
  accounts: AccountEntry[],
  { onShow, onAdd }: { onShow: (account: AccountEntry) => void; onAdd: () => void },
): void {
  const bridge = useBridge();
  const go = useEffectEvent((to: Go) => {
    if (to.to === "add") {
      onAdd();
      return;
    }
    const { instance, session } = to.account;
    const account = accounts.find(({ key }) => key.instance === instance && key.session === session);
    if (account) onShow(account);
  });
  useEffect(() => {
    let stop: (() => void) | undefined;
    let stopped = false;
    bridge.onGo(go).then(
      (unlisten) => {
        if (stopped) unlisten();
        else stop = unlisten;
      },
      (error: unknown) => {
        console.error("The window is not told where the tray leads.", error);
      },
    );
    return () => {
      stopped = true;
      stop?.();
    };
  }, [bridge]);
}
