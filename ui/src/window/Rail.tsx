import { useEffect, useRef } from "react";

import type { AccountEntry } from "../app/accounts";
import { nameOf } from "../app/instances";
import type { Screen } from "../app/navigation";
import { usesCommandKey } from "../app/platform";
import { Avatar, initialsOf } from "../primitives/Avatar";
import { ComputerIcon, PlusIcon, SearchIcon, SlidersIcon, TrayIcon } from "../primitives/icons";
import { useWords } from "../words/words";

/** With more accounts than this, there is a button to find one. */
const AT_A_GLANCE = 4;

interface RailProps {
  accounts: AccountEntry[];
  /** The screen in sight, if it is not the home screen. */
  top: Screen | undefined;
  onShow: (account: AccountEntry) => void;
  onAdd: () => void;
  onFind: () => void;
  onOutbox: () => void;
  onSettings: () => void;
}

/** Every account, one click away; a bar at the top where the window is narrow. */
export function Rail({ accounts, top, onShow, onAdd, onFind, onOutbox, onSettings }: RailProps) {
  const words = useWords();
  const several = new Set(accounts.map(({ instance }) => instance.id)).size > 1;
  return (
    <header className="rail">
      <nav className="rail-nav" aria-label={words.rail.label}>
        <ul className="rail-accounts">
          {accounts.map((account, index) => (
            <li key={`${account.key.instance}/${account.key.session}`}>
              <RailItem
                account={account}
                index={index}
                badge={several}
                current={account.active && !top}
                onShow={onShow}
              />
            </li>
          ))}
        </ul>
        <button
          type="button"
          className="rail-item rail-add"
          aria-label={words.actions.addAccount}
          aria-keyshortcuts={shortcut("N")}
          title={words.actions.addAccount}
          aria-current={top?.name === "welcome" ? "page" : undefined}
          onClick={onAdd}
        >
          <PlusIcon />
        </button>
      </nav>
      <span className="rail-space" />
      {accounts.length > AT_A_GLANCE && (
        <button
          type="button"
          className="rail-link"
          aria-label={words.rail.find}
          aria-keyshortcuts={shortcut("K")}
          title={words.rail.find}
          onClick={onFind}
        >
          <SearchIcon />
          {words.rail.findShort}
        </button>
      )}
      <button
        type="button"
        className="rail-link"
        aria-current={top?.name === "outbox" ? "page" : undefined}
        onClick={onOutbox}
      >
        <TrayIcon />
        {words.rail.outbox}
      </button>
      <button
        type="button"
        className="rail-link"
        aria-keyshortcuts={shortcut(",")}
        aria-current={top?.name === "settings" ? "page" : undefined}
        onClick={onSettings}
      >
        <SlidersIcon />
        {words.rail.settings}
      </button>
    </header>
  );
}

function RailItem({
  account,
  index,
  badge,
  current,
  onShow,
}: {
  account: AccountEntry;
  index: number;
  /** Whether to say which instance; with a single one that says nothing. */
  badge: boolean;
  current: boolean;
  onShow: (account: AccountEntry) => void;
}) {
  const words = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Among many accounts the one on screen may be out of sight.
    if (current) button.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);

  const { name, instance, needsSignIn } = account;
  const unreachable = instance.status === "degraded" || instance.status === "error";
  const state = needsSignIn ? words.rail.needsSignIn : unreachable ? words.rail.offline : null;
  const label = [words.rail.account(name, nameOf(instance, words)), state].filter(Boolean).join(", ");
  return (
    <button
      ref={button}
      type="button"
      className="rail-item"
      aria-label={label}
      aria-current={current ? "true" : undefined}
      aria-keyshortcuts={index < 9 ? shortcut(String(index + 1)) : undefined}
      title={label}
      onClick={() => {
        onShow(account);
      }}
    >
      <Avatar name={name} />
      {badge && (
        <span
          className="rail-badge"
          data-initials={instance.kind === "local" ? "" : initialsOf(instance.name)}
          aria-hidden="true"
        >
          {instance.kind === "local" && <ComputerIcon />}
        </span>
      )}
      {state && (
        <span
          className="rail-dot"
          data-state={needsSignIn ? "needs-sign-in" : "unreachable"}
          aria-hidden="true"
        />
      )}
    </button>
  );
}

function shortcut(key: string): string {
  return `${usesCommandKey() ? "Meta" : "Control"}+${key}`;
}
