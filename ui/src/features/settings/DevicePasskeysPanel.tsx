import { useState } from "react";

import { type Action, useAction } from "../../app/action";
import { useSnapshot } from "../../app/context";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePasskeys } from "../../app/passkeys";
import { Button } from "../../primitives/Button";
import { useDates, useWords } from "../../words/words";

/** The passkeys whose keys are on this computer, of whatever account, the passwords that are saved on it, and their PIN. */
export function DevicePasskeysPanel() {
  const words = useWords();
  const dates = useDates();
  const { instances, lock } = useSnapshot();
  const { passkeys, changePin, forgetDevice, forgetPassword } = usePasskeys();
  const changing = useAction();
  const forgetting = useAction();
  const removing = useAction();
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = (action: Action, work: () => Promise<void>, done: string) => {
    if (changing.busy || forgetting.busy || removing.busy) return;
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
  const { keys, pin_chosen, gesture } = passkeys;
  const saved = instances.flatMap(({ id, name, kind, saved_password }) =>
    saved_password.type === "kept"
      ? [{ id, name: kind === "local" ? words.instance.local : name, identifier: saved_password.identifier }]
      : [],
  );
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
      {saved.length > 0 && (
        <div className="stack gap-2">
          {/* Read aloud as the label of the list. */}
          <p aria-hidden="true">{words.saved.listTitle}</p>
          <ul className="rows" aria-label={words.saved.list}>
            {saved.map(({ id, name, identifier }) => (
              <li key={id} className="panel-row">
                <div>
                  <p className="wrap">{name}</p>
                  <p className="quiet wrap">{words.saved.listed(identifier)}</p>
                </div>
                <Button
                  aria-label={words.saved.removeOf(identifier, name)}
                  onClick={() => {
                    run(removing, () => forgetPassword(id), words.saved.removed);
                  }}
                >
                  {words.saved.removeOne}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="panel-row">
        <p>{gesture !== null ? words.gesture.protects(gesture) : pin_chosen ? words.passkeys.pinChosen : words.passkeys.pinNotChosen}</p>
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
      {(pin_chosen || keys.length > 0 || saved.length > 0 || lock !== "off") && (
        <div className="stack gap-3">
          <p className="quiet">{gesture === null ? words.passkeys.forgotBody : words.gesture.forgotBody(gesture)}</p>
          <div className="panel-buttons">
            <Button
              look="danger"
              pending={forgetting.pending}
              onClick={() => {
                run(forgetting, forgetDevice, gesture === null ? words.passkeys.forgotten : words.gesture.forgotten);
              }}
            >
              {gesture === null ? words.passkeys.forgot : words.gesture.forgot}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
