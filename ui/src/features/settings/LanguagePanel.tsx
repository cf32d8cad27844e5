import { useState } from "react";

import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePreferences } from "../../app/preferences";
import type { Language } from "../../bridge/Language";
import { Choices } from "../../primitives/Choices";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

const LANGUAGES: Language[] = ["system", "en", "de"];

/** Which language; the choice shows at once and goes back when it cannot be kept. */
export function LanguagePanel() {
  const words = useWords();
  const { preferences, setLanguage } = usePreferences();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <>
      <Choices
        label={words.settings.language}
        value={preferences.language}
        onValue={(language) => {
          setFailure(null);
          setLanguage(language).catch((error: unknown) => {
            setFailure(plainFailure(toApiResponseError(error), words));
          });
        }}
        options={LANGUAGES.map((value) => ({ value, label: words.settings.languages[value] }))}
      />
      <FailureNote failure={failure} />
    </>
  );
}
