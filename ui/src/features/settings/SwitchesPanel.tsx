import { useState } from "react";

import { type Failure, plainFailure } from "../../app/failure";
import { CopyToolLinesButton } from "../../app/CopyButton";
import { FailureNote } from "../../app/FailureNote";
import { useInstances } from "../../app/instances";
import { type Switches, usePreferences } from "../../app/preferences";
import { Checkbox } from "../../primitives/Checkbox";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

/** What the app does while nobody looks at it. */
const BACKGROUND = ["start_at_login", "keep_running", "notices"] as const;
/** How browsers come back. */
const BROWSER = ["by_port"] as const;
/** Who may use the instance on this computer. */
const TOOLS = ["tools"] as const;
/** What other programs may do. */
const PROGRAMS = ["programs"] as const;

/** What the app does while nobody looks at it. */
export function BackgroundPanel() {
  const words = useWords();
  return <SwitchesPanel switches={BACKGROUND} hint={words.settings.keepRunningHint} />;
}

/** What other programs of this person may ask the app for. */
export function ProgramsPanel() {
  const words = useWords();
  return <SwitchesPanel switches={PROGRAMS} hint={words.settings.programsHint} />;
}

/** Who reaches the instance on this computer beside the app, and what they need for that. */
export function ToolsPanel() {
  const words = useWords();
  const { preferences } = usePreferences();
  const { local } = useInstances();
  return (
    <div className="stack gap-3">
      <SwitchesPanel switches={TOOLS} hint={words.settings.toolsHint} />
      {preferences.tools && local && local.host !== "" ? (
        <>
          <p>{words.settings.toolsAt(`http://${local.host}`)}</p>
          <div className="panel-buttons">
            <CopyToolLinesButton />
          </div>
          <p className="quiet">{words.settings.copyToolLinesHint}</p>
        </>
      ) : null}
    </div>
  );
}

/** How browsers come back that were sent out. */
export function BrowserPanel() {
  const words = useWords();
  return <SwitchesPanel switches={BROWSER} hint={words.settings.browserHint} />;
}

/** Things that are on or off; a choice shows at once and goes back when it cannot be kept. */
function SwitchesPanel({ switches, hint }: { switches: readonly (keyof Switches)[]; hint: string }) {
  const words = useWords();
  const { preferences, set: keep } = usePreferences();
  const [failure, setFailure] = useState<Failure | null>(null);
  const set = (change: Partial<Switches>) => {
    setFailure(null);
    keep(change).catch((error: unknown) => {
      setFailure(plainFailure(toApiResponseError(error), words));
    });
  };
  return (
    <div className="stack gap-2">
      {switches.map((name) => (
        <Checkbox
          key={name}
          label={words.settings.switches[name]}
          checked={preferences[name]}
          onChecked={(checked) => {
            set({ [name]: checked });
          }}
        />
      ))}
      <p className="quiet">{hint}</p>
      <FailureNote failure={failure} />
    </div>
  );
}
