import { useState } from "react";

import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { type Background, usePreferences } from "../../app/preferences";
import { Checkbox } from "../../primitives/Checkbox";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

const CHOICES = ["start_at_login", "keep_running", "notices"] as const;

/** What the app does while nobody looks at it; a choice shows at once and goes back when it cannot be kept. */
export function BackgroundPanel() {
  const words = useWords();
  const { preferences, setBackground } = usePreferences();
  const [failure, setFailure] = useState<Failure | null>(null);
  const set = (change: Partial<Background>) => {
    setFailure(null);
    setBackground(change).catch((error: unknown) => {
      setFailure(plainFailure(toApiResponseError(error), words));
    });
  };
  return (
    <div className="stack gap-2">
      {CHOICES.map((choice) => (
        <Checkbox
          key={choice}
          label={words.settings.backgroundChoices[choice]}
          checked={preferences[choice]}
          onChecked={(checked) => {
            set({ [choice]: checked });
          }}
        />
      ))}
      <p className="quiet">{words.settings.keepRunningHint}</p>
      <FailureNote failure={failure} />
    </div>
  );
}
