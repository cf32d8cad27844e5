import { type ReactNode, useEffect, useEffectEvent, useId, useMemo, useRef, useState } from "react";

import type { AuthenticatorKind } from "../bridge/AuthenticatorKind";
import type { AuthenticatorView } from "../bridge/AuthenticatorView";
import { Button } from "../primitives/Button";
import { Dialog } from "../primitives/Dialog";
import type { ApiResponseError } from "../sdk/errors";
import { useWords } from "../words/words";
import { type Action, useAction } from "./action";
import { useCountdown } from "./code-entry";
import { useOnTop } from "./navigation";
import { isHeldUp, isReady, useAuthenticators, usePasskeys } from "./passkeys";

/** Something that is done with an authenticator. */
export interface PasskeyAction {
  action: Action;
  /** Does it with the one authenticator that can be used, or with the one that is chosen where several can now or soon. */
  start: <T>(
    work: (authenticator: AuthenticatorKind) => Promise<T>,
    then: { done: (value: T) => void; failed: (error: ApiResponseError) => void },
  ) => void;
  /** The choice, drawn while it is open. */
  chooser: ReactNode;
  /** Whether it is in sight; a question of the screen's own steps aside for it. */
  choosing: boolean;
}

interface Choosing {
  known: AuthenticatorView[];
  go: (authenticator: AuthenticatorKind) => void;
}

/** Something that is done with an authenticator, one at a time. Who stops waiting has no ceremony come up later. */
export function usePasskeyAction(title: string): PasskeyAction {
  const { passkeys, authenticators, cancel } = usePasskeys();
  const action = useAction();
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  /** How many commands are under way, and whether somebody still waits for the newest. */
  const running = useRef(0);
  const unwanted = useRef(false);
  const ceremony = passkeys.ceremony?.id;

  const drop = useEffectEvent((id: string) => {
    if (unwanted.current) void cancel(id).catch(() => undefined);
  });
  useEffect(() => {
    if (ceremony !== undefined) drop(ceremony);
  }, [ceremony]);

  const given = useMemo<Action>(
    () => ({
      ...action,
      cancel: () => {
        unwanted.current = running.current > 0;
        setChoosing(null);
        action.cancel();
      },
    }),
    [action],
  );

  const start: PasskeyAction["start"] = (work, then) => {
    if (action.busy || choosing) return;
    const go = (authenticator: AuthenticatorKind) => {
      setChoosing(null);
      unwanted.current = false;
      const whole = async () => {
        running.current += 1;
        try {
          return await work(authenticator);
        } finally {
          running.current -= 1;
        }
      };
      action.run(whole, then);
    };
    action.run(authenticators, {
      done: (known) => {
        const [first, second] = known.filter(isReady);
        // Where another place only has to be waited for or unlocked, the person may want that one.
        if (first && !second && !known.some(isHeldUp)) go(first.kind);
        else setChoosing({ known, go });
      },
      failed: then.failed,
    });
  };

  const chooser = (
    <Chooser
      title={title}
      choosing={choosing}
      onClose={() => {
        setChoosing(null);
      }}
    />
  );
  return { action: given, start, chooser, choosing: choosing !== null };
}

function Chooser({ title, choosing, onClose }: { title: string; choosing: Choosing | null; onClose: () => void }) {
  const words = useWords();
  const onTop = useOnTop();
  return (
    <Dialog
      open={choosing !== null}
      covered={!onTop}
      title={title}
      onClose={onClose}
      buttons={<Button onClick={onClose}>{words.actions.cancel}</Button>}
    >
      {choosing && <Places {...choosing} />}
    </Dialog>
  );
}

/** Where a passkey can be, and why it cannot be somewhere. */
function Places({ known, go }: Choosing) {
  const words = useWords();
  const { all, refresh } = useAuthenticators(known);
  const none = !all.some(isReady);
  return (
    <>
      {none && (
        <div className="panel-row">
          <p role="status">{words.passkeys.chooseNone}</p>
          <Button data-autofocus="" onClick={refresh}>
            {words.actions.retry}
          </Button>
        </div>
      )}
      <ul className="dialog-list stack gap-3" aria-label={words.passkeys.places}>
        {all.map((authenticator) => (
          <Place
            key={authenticator.kind}
            authenticator={authenticator}
            first={authenticator === all.find(isReady)}
            onChoose={() => {
              go(authenticator.kind);
            }}
            onOver={refresh}
          />
        ))}
      </ul>
    </>
  );
}

function Place({
  authenticator,
  first,
  onChoose,
  onOver,
}: {
  authenticator: AuthenticatorView;
  first: boolean;
  onChoose: () => void;
  /** Called when what it waited for is over. */
  onOver: () => void;
}) {
  const words = useWords();
  const id = useId();
  const { kind, unready } = authenticator;
  const until = unready?.type === "pin_wait" ? unready.until : null;
  const left = useCountdown(until);
  const over = useEffectEvent(onOver);
  const waited = until !== null && left === 0;
  useEffect(() => {
    if (waited) over();
  }, [waited]);
  const { gesture } = usePasskeys().passkeys;
  const { name, hint } = words.passkeys.kinds[kind];
  const behind = kind === "this_device" && gesture !== null ? words.gesture.placeHint(gesture) : hint;
  const why = unready && words.passkeys.unready[unready.type]("detail" in unready ? unready.detail : "");
  return (
    <li>
      <button
        type="button"
        className="choice"
        disabled={!isReady(authenticator)}
        aria-describedby={id}
        {...(first && { "data-autofocus": "" })}
        onClick={onChoose}
      >
        {name}
      </button>
      <p id={id} className="field-note">
        {why ?? behind}
        {until !== null && <span className="tabular"> {words.passkeys.waitLeft(left)}</span>}
      </p>
    </li>
  );
}
