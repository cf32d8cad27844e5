import { useEffect, useRef, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, placeFailure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePasskeyAction } from "../../app/PasskeyChooser";
import { MOST_PASSKEYS } from "../../app/passkeys";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { AuthenticatorKind } from "../../bridge/AuthenticatorKind";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { TextField } from "../../primitives/TextField";
import type { PasskeyResource } from "../../sdk/resources/passkey";
import type { UserResource } from "../../sdk/resources/user";
import { useDates, useWords } from "../../words/words";
import { PanelForm } from "./PanelForm";

/** Longest name of a passkey, in characters; instances hold to the same. */
const LONGEST_NAME = 64;

/** The passkeys of a user: one more, another name, and away with one. */
export function PasskeysPanel({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const verified = useVerified();
  const adding = usePasskeyAction(words.passkeys.chooseNewTitle);
  const action = useAction();
  const [renaming, setRenaming] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const adds = useRef<HTMLDivElement>(null);
  const none = useRef<HTMLParagraphElement>(null);
  /** The one that was deleted last, and where it stood. */
  const [left, setLeft] = useState<{ id: string; place: number } | null>(null);
  const { obstacle, here, made_with } = instance.passkeys;
  const full = user.passkeys.length >= MOST_PASSKEYS;

  const begin = () => {
    setFailure(null);
    setSaid("");
  };
  const failed = (error: Parameters<typeof plainFailure>[0]) => {
    setFailure(plainFailure(error, words));
  };
  const add = () => {
    if (action.busy || adding.action.busy) return;
    begin();
    adding.start((authenticator) => verified(() => user.createPasskey({ authenticator })), {
      done: ({ name }) => {
        setSaid(words.passkeys.isAdded(name ?? words.passkeys.unnamed));
      },
      failed,
    });
  };
  const remove = (passkey: PasskeyResource, name: string) => {
    if (action.busy || adding.action.busy) return;
    begin();
    const place = user.passkeys.findIndex(({ id }) => id === passkey.id);
    action.run(() => verified(() => passkey.delete()), {
      done: () => {
        setSaid(words.passkeys.isDeleted(name));
        setLeft({ id: passkey.id, place });
      },
      failed,
    });
  };
  /** Ends the renaming, with the focus where it came from. */
  const endRenaming = (id: string, text = "") => {
    setSaid(text);
    setRenaming(null);
    back.current = id;
  };
  const back = useRef<string | null>(null);
  useEffect(() => {
    if (renaming !== null || back.current === null) return;
    list.current?.querySelector<HTMLElement>(`[data-passkey="${back.current}"] button`)?.focus();
    back.current = null;
  }, [renaming]);

  const gone = left !== null && user.passkeys.every(({ id }) => id !== left.id);
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (!gone || followed.current === left.id) return;
    followed.current = left.id;
    // Its buttons had the focus and took it with them: it goes to the one in its place, else to the last, else to what adds one.
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-passkey]") ?? [])];
    const row = rows[left.place] ?? rows.at(-1);
    const next = row?.querySelector<HTMLElement>("button") ?? adds.current?.querySelector("button");
    (next ?? none.current)?.focus();
  }, [gone, left]);

  return (
    <>
      {obstacle !== null && (
        <p ref={none} tabIndex={-1}>
          {words.passkeys.obstacles[obstacle]}
        </p>
      )}
      {user.passkeys.length === 0 && obstacle === null && <p className="quiet">{words.passkeys.none}</p>}
      {user.passkeys.length > 0 && (
        <ul className="rows" ref={list}>
          {user.passkeys.map((passkey) => (
            <li key={passkey.id} data-passkey={passkey.id}>
              {renaming === passkey.id ? (
                <RenameForm
                  passkey={passkey}
                  instance={instance}
                  onDone={(name) => {
                    endRenaming(passkey.id, name === null ? "" : words.passkeys.isRenamed(name));
                  }}
                />
              ) : (
                <Row
                  passkey={passkey}
                  here={here.includes(passkey.id)}
                  madeWith={made_with.find((made) => made.passkey === passkey.id)?.authenticator}
                  onRename={() => {
                    begin();
                    setRenaming(passkey.id);
                  }}
                  onDelete={(name) => {
                    remove(passkey, name);
                  }}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <FailureNote failure={failure} />
      <p role="status" className={said ? "quiet" : "only-read-aloud"}>
        {said}
      </p>
      <WaitingNote instance={instance} action={adding.action.busy ? adding.action : action} />
      {obstacle === null &&
        (full ? (
          <p className="quiet">{words.passkeys.full(MOST_PASSKEYS)}</p>
        ) : (
          <div className="panel-buttons" ref={adds}>
            <Button pending={adding.action.pending} onClick={add}>
              {words.passkeys.add}
            </Button>
          </div>
        ))}
      {adding.chooser}
    </>
  );
}

function Row({
  passkey,
  here,
  madeWith,
  onRename,
  onDelete,
}: {
  passkey: PasskeyResource;
  /** Whether its key is on this device. */
  here: boolean;
  /** With what it was made, where this app has made it. */
  madeWith: AuthenticatorKind | undefined;
  onRename: () => void;
  onDelete: (name: string) => void;
}) {
  const words = useWords();
  const dates = useDates();
  const name = passkey.name ?? words.passkeys.unnamed;
  const used = passkey.lastUsedAt ? words.passkeys.used(dates.day(passkey.lastUsedAt)) : words.passkeys.unused;
  return (
    <div className="panel-row">
      <div>
        <p className="fact-line">
          <span dir="auto">{name}</span>
          {here && <span className="badge">{words.passkeys.here}</span>}
          {/* One of this device whose key is gone is of no kind that would help. */}
          {madeWith && madeWith !== "this_device" && <span className="badge">{words.passkeys.kinds[madeWith].name}</span>}
        </p>
        <p className="quiet">
          {words.passkeys.added(dates.day(passkey.createdAt))} · {used}
        </p>
      </div>
      <div className="panel-buttons">
        <Button aria-label={words.passkeys.renameOf(name)} onClick={onRename}>
          {words.passkeys.rename}
        </Button>
        <Button
          aria-label={words.passkeys.deleteOf(name)}
          onClick={() => {
            onDelete(name);
          }}
        >
          {words.passkeys.delete}
        </Button>
      </div>
    </div>
  );
}

/** Another name, in the place of the old one. */
function RenameForm({
  passkey,
  instance,
  onDone,
}: {
  passkey: PasskeyResource;
  instance: InstanceView;
  /** Called with the new name; null where it stays as it was. */
  onDone: (name: string | null) => void;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const [name, setName] = useState(passkey.name ?? "");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const submit = () => {
    if (action.busy) return;
    const wanted = name.trim();
    setFailure(null);
    if (!wanted) {
      setError(words.passkeys.nameMissing);
      setRound(round + 1);
      return;
    }
    if (wanted === passkey.name) {
      onDone(null);
      return;
    }
    action.run(() => verified(() => passkey.update({ name: wanted })), {
      done: () => {
        onDone(wanted);
      },
      failed: (refusal) => {
        const { fields, form } = placeFailure(refusal, { name: "name" }, words);
        setError(fields.name ?? null);
        setFailure(form);
        setRound(round + 1);
      },
    });
  };
  return (
    <PanelForm
      instance={instance}
      action={action}
      round={round}
      failure={failure}
      submit={words.actions.save}
      onSubmit={submit}
      onCancel={() => {
        onDone(null);
      }}
    >
      <TextField
        label={words.passkeys.nameLabel}
        name="passkey-name"
        autoComplete="off"
        dir="auto"
        maxLength={LONGEST_NAME}
        data-autofocus=""
        required
        value={name}
        error={error ?? undefined}
        onValue={(value) => {
          setName(value);
          setError(null);
        }}
      />
    </PanelForm>
  );
}
