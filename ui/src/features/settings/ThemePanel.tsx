import { useState } from "react";

import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePreferences } from "../../app/preferences";
import type { Theme } from "../../bridge/Theme";
import { Choices } from "../../primitives/Choices";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

const THEMES: Theme[] = ["system", "light", "dark"];

/** Which colours; the choice shows at once and goes back when it cannot be kept. */
export function ThemePanel() {
  const words = useWords();
  const { preferences, setTheme } = usePreferences();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <>
      <Choices
        label={words.settings.theme}
        value={preferences.theme}
        onValue={(theme) => {
          setFailure(null);
          setTheme(theme).catch((error: unknown) => {
            setFailure(plainFailure(toApiResponseError(error), words));
          });
        }}
        options={THEMES.map((value) => ({ value, label: words.settings.themes[value] }))}
      />
      <FailureNote failure={failure} />
    </>
  );
}
