import { useEffect, useState } from "react";

import { useBridge } from "../../app/context";
import { CopyButton } from "../../app/CopyButton";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { Button } from "../../primitives/Button";
import { Skeleton } from "../../primitives/Skeleton";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

type Diagnostics =
  | { state: "loading" }
  | { state: "ready"; text: string }
  | { state: "failed"; failure: Failure };

/** What the app knows of itself, to be read before it is handed on. */
export function DiagnosticsPanel() {
  const words = useWords();
  const bridge = useBridge();
  const [diagnostics, setDiagnostics] = useState<Diagnostics>({ state: "loading" });
  const [round, setRound] = useState(0);

  useEffect(() => {
    let stale = false;
    bridge.app({ type: "diagnostics" }).then(
      ({ text }) => {
        if (!stale) setDiagnostics({ state: "ready", text });
      },
      (error: unknown) => {
        const failure = plainFailure(toApiResponseError(error), words);
        if (!stale) setDiagnostics({ state: "failed", failure });
      },
    );
    return () => {
      stale = true;
    };
  }, [bridge, round, words]);

  switch (diagnostics.state) {
    case "loading":
      return <Skeleton height={200} />;
    case "failed":
      return (
        <FailureNote
          failure={diagnostics.failure}
          action={
            <Button
              onClick={() => {
                setDiagnostics({ state: "loading" });
                setRound(round + 1);
              }}
            >
              {words.actions.retry}
            </Button>
          }
        />
      );
    case "ready":
      return (
        <>
          {/* Scrolls by itself, so that keys must reach it. */}
          <pre
            className="diagnostics"
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            role="group"
            aria-label={words.settings.diagnostics}
          >
            {diagnostics.text}
          </pre>
          <div className="panel-buttons">
            <CopyButton text={diagnostics.text} label={words.settings.copyDiagnostics} />
          </div>
        </>
      );
  }
}
