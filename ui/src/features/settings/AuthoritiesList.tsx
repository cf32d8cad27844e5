import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import type { AuthorityView } from "../../bridge/AuthorityView";
import { Button } from "../../primitives/Button";
import { useDates, useWords } from "../../words/words";

/** The authorities that are trusted besides the system's. The file is picked in a dialog of the system's own. */
export function AuthoritiesList({
  authorities,
  add,
  remove,
}: {
  authorities: AuthorityView[];
  add: () => Promise<void>;
  remove: (fingerprint: string) => Promise<void>;
}) {
  const words = useWords();
  const dates = useDates();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState("");
  const run = (work: () => Promise<void>) => () => {
    if (action.busy) return;
    setFailure(null);
    setSaid("");
    action.run(work, {
      done: () => {
        setSaid(words.network.changed);
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  return (
    <div className="stack gap-2" role="group" aria-label={words.network.authorities}>
      <h3>{words.network.authorities}</h3>
      <p className="quiet">{words.network.authoritiesLead}</p>
      {authorities.length === 0 ? (
        <p>{words.network.noAuthorities}</p>
      ) : (
        <ul className="rows">
          {authorities.map(({ fingerprint, subject, expires_at, expired }) => {
            const day = dates.day(new Date(expires_at));
            return (
              <li key={fingerprint} className="panel-row">
                <div>
                  <p>
                    <bdi>{subject}</bdi>
                  </p>
                  <p className={expired ? "field-error" : "quiet"}>
                    {expired ? words.network.over(day) : words.network.until(day)}
                  </p>
                  <p className="quiet mono">{words.network.fingerprint(fingerprint)}</p>
                </div>
                <div className="panel-buttons">
                  <Button
                    aria-label={words.network.removeAuthority(subject)}
                    onClick={run(() => remove(fingerprint))}
                  >
                    {words.network.remove}
                  </Button>
                </div>
              </li>
            );
          })}
        </ul>
      )}
      <FailureNote failure={failure} />
      <p className="only-read-aloud" role="status">
        {said}
      </p>
      <div className="panel-buttons">
        <Button onClick={run(add)}>{words.network.addAuthorities}</Button>
      </div>
    </div>
  );
}
