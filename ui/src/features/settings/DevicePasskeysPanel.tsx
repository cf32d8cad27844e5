import { useState } from "react";

import { type Action, useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePasskeys } from "../../app/passkeys";
import { Button } from "../../primitives/Button";
import { useDates, useWords } from "../../words/words";

/** The passkeys whose keys are on this computer, of whatever account, and their PIN. */
export function DevicePasskeysPanel() {
  const words = useWords();
  const dates = useDates();
  const { passkeys, changePin, forgetDevice } = usePasskeys();
  const changing = useAction();
  const forgetting = useAction();
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = (action: Action, work: () => Promise<void>, done: string) => {
    if (changing.busy || forgetting.busy) return;
    setFailure(null);
    setSaid("");
    action.run(work, {
      done: () => {
        setSaid(done);
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const { keys, pin_chosen } = passkeys;
  return (
    <>
      {keys.length === 0 ? (
        <p className="quiet">{words.passkeys.deviceNone}</p>
      ) : (
        <ul className="rows" aria-label={words.passkeys.deviceList}>
          {keys.map(({ id, rp_id, name, display_name, made_at }) => (
            <li key={id}>
              <p className="wrap">{rp_id}</p>
              <p className="quiet wrap">
                <bdi>{name || display_name}</bdi>
                {name && display_name && display_name !== name && (
                  <>
                    {" "}
                    (<bdi>{display_name}</bdi>)
                  </>
                )}
                {" · "}
                {words.passkeys.made(dates.day(new Date(made_at)))}
              </p>
            </li>
          ))}
        </ul>
      )}
      <div className="panel-row">
        <p>{pin_chosen ? words.passkeys.pinChosen : words.passkeys.pinNotChosen}</p>
        {pin_chosen && (
          <Button
            pending={changing.pending}
            onClick={() => {
              run(changing, changePin, words.passkeys.pinChanged);
            }}
          >
            {words.passkeys.changePin}
          </Button>
        )}
      </div>
      <FailureNote failure={failure} />
      <p role="status" className={said ? "quiet" : "only-read-aloud"}>
        {said}
      </p>
      {(pin_chosen || keys.length > 0) && (
        <div className="stack gap-3">
          <p className="quiet">{words.passkeys.forgotBody}</p>
          <div className="panel-buttons">
            <Button
              look="danger"
              pending={forgetting.pending}
              onClick={() => {
                run(forgetting, forgetDevice, words.passkeys.forgotten);
              }}
            >
              {words.passkeys.forgot}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
