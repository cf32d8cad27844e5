import { useState } from "react";

import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { usePreferences } from "../../app/preferences";
import type { Preferences } from "../../bridge/Preferences";
import { Choices } from "../../primitives/Choices";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

/** Which colours. */
export function ThemePanel() {
  const { theme, themes } = useWords().settings;
  return <ChoicePanel name="theme" label={theme} options={["system", "light", "dark", "contrast"]} labels={themes} />;
}

/** Which language. */
export function LanguagePanel() {
  const { language, languages } = useWords().settings;
  return <ChoicePanel name="language" label={language} options={["system", "en", "de"]} labels={languages} />;
}

/** Where signing out lands. */
export function AfterSignOutPanel() {
  const { afterSignOut, afterSignOutPlaces } = useWords().settings;
  return (
    <ChoicePanel
      name="after_sign_out"
      label={afterSignOut}
      options={["choose", "next", "welcome"]}
      labels={afterSignOutPlaces}
    />
  );
}

/** One of a few; the choice shows at once and goes back when it cannot be kept. */
function ChoicePanel<Name extends "theme" | "language" | "after_sign_out">({
  name,
  label,
  options,
  labels,
}: {
  name: Name;
  label: string;
  options: Preferences[Name][];
  labels: Record<Preferences[Name], string>;
}) {
  const words = useWords();
  const { preferences, set } = usePreferences();
  const [failure, setFailure] = useState<Failure | null>(null);
  return (
    <>
      <Choices
        label={label}
        value={preferences[name]}
        onValue={(value) => {
          setFailure(null);
          set({ [name]: value }).catch((error: unknown) => {
            setFailure(plainFailure(toApiResponseError(error), words));
          });
        }}
        options={options.map((value) => ({ value, label: labels[value] }))}
      />
      <FailureNote failure={failure} />
    </>
  );
}
