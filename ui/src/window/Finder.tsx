import { useEffect, useId, useMemo, useRef, useState } from "react";

import type { AccountEntry } from "../app/accounts";
import { nameOf } from "../app/instances";
import { AccountAvatar } from "../app/AccountAvatar";
import { useWords } from "../words/words";
import "../primitives/surfaces.css";
import "../primitives/field.css";

/** Finds an account by name, address or instance, from the keyboard alone: a combobox over a list (ARIA 1.2). */
export function Finder({
  accounts,
  onChoose,
  onClose,
}: {
  accounts: AccountEntry[];
  onChoose: (account: AccountEntry) => void;
  onClose: () => void;
}) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [typed, setTyped] = useState("");
  const [place, setPlace] = useState(0);
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);

  const found = useMemo(() => {
    const wanted = fold(typed).split(/\s+/).filter(Boolean);
    return accounts.filter((account) => {
      const text = fold([account.name, account.email ?? "", nameOf(account.instance, words), account.instance.host].join(" "));
      return wanted.every((word) => text.includes(word));
    });
  }, [accounts, typed, words]);
  const current = found[Math.min(place, found.length - 1)];

  return (
    // A press beside the box is for the mouse; Escape closes a dialog by itself.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      className="dialog finder"
      aria-label={words.rail.find}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="field">
        <div className="field-box">
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-label={words.rail.findLabel}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={current && `${id}-${keyOf(current)}`}
            placeholder={words.rail.findHint}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setPlace(0);
            }}
            onKeyDown={(event) => {
              const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
              if (step !== undefined && found.length > 0) {
                event.preventDefault();
                setPlace((Math.min(place, found.length - 1) + step + found.length) % found.length);
              } else if (event.key === "Enter" && current) {
                event.preventDefault();
                onChoose(current);
              }
            }}
          />
        </div>
      </div>
      <div id={`${id}-list`} className="finder-list" role="listbox" aria-label={words.rail.label}>
        {found.map((account) => (
          <Found
            key={keyOf(account)}
            id={`${id}-${keyOf(account)}`}
            account={account}
            current={account === current}
            onChoose={onChoose}
          />
        ))}
      </div>
      <p role="status" className={found.length === 0 ? "quiet finder-none" : "only-read-aloud"}>
        {found.length === 0 ? words.rail.findNothing : words.rail.findCount(found.length)}
      </p>
    </dialog>
  );
}

function Found({
  id,
  account,
  current,
  onChoose,
}: {
  id: string;
  account: AccountEntry;
  current: boolean;
  onChoose: (account: AccountEntry) => void;
}) {
  const words = useWords();
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current) item.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const more = [account.email !== account.name && account.email, nameOf(account.instance, words)];
  return (
    // The field beside it takes the keys of a combobox; this one is for the mouse.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={item}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      className="finder-item"
      onClick={() => {
        onChoose(account);
      }}
    >
      <AccountAvatar name={account.name} instance={account.instance} picture={account.picture} />
      <span className="identity-words">
        <bdi>{account.name}</bdi>
        <span className="quiet">
          <bdi>{more.filter(Boolean).join(" · ")}</bdi>
        </span>
      </span>
      {account.needsSignIn && <span className="quiet">{words.rail.needsSignIn}</span>}
    </div>
  );
}

function keyOf({ key }: AccountEntry): string {
  return `${key.instance}-${key.session}`;
}

/** As it is compared: without case and accents. */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
