import { useState } from "react";

import { useAction } from "../../app/action";
import { useCopy } from "../../app/clipboard";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { CopyIcon } from "../../primitives/icons";
import type { SessionResource } from "../../sdk/resources/session";
import { useDates, useWords } from "../../words/words";

/** Since when and until when you are signed in here, and the token that proves it. */
export function SessionPanel({
  session,
  instance,
}: {
  session: SessionResource;
  instance: InstanceView;
}) {
  const words = useWords();
  const dates = useDates();
  return (
    <>
      <dl className="facts tabular">
        <dt>{words.account.signedIn}</dt>
        <dd>{dates.dateTime(session.createdAt)}</dd>
        <dt>{words.account.lastActive}</dt>
        <dd>{dates.dateTime(session.lastActiveAt)}</dd>
        <dt>{words.account.expires}</dt>
        <dd>{dates.dateTime(session.expireAt)}</dd>
        <dt>{words.account.sessionId}</dt>
        <dd className="mono">{session.id}</dd>
      </dl>
      <div className="divider" />
      <CopyToken session={session} instance={instance} />
    </>
  );
}

/** Asks for a token only when it is wanted, and never shows it. */
function CopyToken({ session, instance }: { session: SessionResource; instance: InstanceView }) {
  const words = useWords();
  const dates = useDates();
  const action = useAction();
  const { copy } = useCopy();
  const [goodUntil, setGoodUntil] = useState<Date | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const take = () => {
    if (action.busy) return;
    setFailure(null);
    setGoodUntil(null);
    action.run(
      async () => {
        const token = await session.getToken();
        if (token === null) return null;
        await copy(token, true);
        return expiryOf(token);
      },
      {
        done: setGoodUntil,
        failed: (error) => {
          setFailure(plainFailure(error, words));
        },
      },
    );
  };

  return (
    <div className="stack gap-2">
      <div className="panel-row">
        <div>
          <h3>{words.account.tokenTitle}</h3>
          <p className="quiet">{words.account.tokenBody}</p>
        </div>
        <Button pending={action.pending} onClick={take}>
          <CopyIcon />
          {words.account.copyToken}
        </Button>
      </div>
      <p role="status" className="note-line tabular">
        {goodUntil && words.account.tokenCopied(dates.time(goodUntil))}
      </p>
      <WaitingNote instance={instance} action={action} />
      <FailureNote failure={failure} />
    </div>
  );
}

/** When a session token ends by its own word; for display, so that its signature does not matter here. */
function expiryOf(jwt: string): Date | null {
  try {
    const payload = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof claims.exp === "number" ? new Date(claims.exp * 1000) : null;
  } catch {
    return null;
  }
}
