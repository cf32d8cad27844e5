import { useState } from "react";

import { type Action, useAction } from "../../app/action";
import { useSnapshot } from "../../app/context";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useLock } from "../../app/lock";
import { usePreferences } from "../../app/preferences";
import { Button } from "../../primitives/Button";
import { Checkbox } from "../../primitives/Checkbox";
import { Choices } from "../../primitives/Choices";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

/** After how many minutes it shuts; what else a file may say is shown as the one that is nearest above it. */
const MINUTES = [1, 5, 15, 60];

/** The lock of the app: whether there is one, and when it shuts by itself. */
export function LockPanel() {
  const words = useWords();
  const { lock, turnOn, turnOff, shut } = useLock();
  const { gesture } = useSnapshot().passkeys;
  const { preferences, set } = usePreferences();
  const turning = useAction();
  const shutting = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const failed = (error: unknown) => {
    setFailure(plainFailure(toApiResponseError(error), words));
  };
  const run = (action: Action, work: () => Promise<void>) => {
    if (turning.busy || shutting.busy) return;
    setFailure(null);
    action.run(work, { done: () => undefined, failed });
  };
  const on = lock !== "off";
  const after = MINUTES.find((minutes) => minutes >= preferences.lock_after) ?? MINUTES.at(-1);
  return (
    <div className="stack gap-2">
      <Checkbox
        label={gesture === null ? words.lock.switch : words.gesture.lockSwitch(gesture)}
        checked={on}
        onChecked={(checked) => {
          run(turning, checked ? turnOn : turnOff);
        }}
      />
      <p className="quiet">{words.lock.hint}</p>
      {on && (
        <>
          {/* Read aloud as the label of the choices. */}
          <p aria-hidden="true">{words.lock.after}</p>
          <Choices
            label={words.lock.after}
            value={String(after)}
            onValue={(value) => {
              setFailure(null);
              set({ lock_after: Number(value) }).catch(failed);
            }}
            options={MINUTES.map((minutes) => ({ value: String(minutes), label: words.lock.minutes(minutes) }))}
          />
          <div className="panel-buttons">
            <Button
              pending={shutting.pending}
              onClick={() => {
                run(shutting, shut);
              }}
            >
              {words.lock.now}
            </Button>
          </div>
        </>
      )}
      <FailureNote failure={failure} />
    </div>
  );
}
