import { useState } from "react";

import { Button } from "../primitives/Button";
import { CopyIcon } from "../primitives/icons";
import { toApiResponseError } from "../sdk/errors";
import { useWords } from "../words/words";
import { useCopy, useCopyToolLines } from "./clipboard";
import { sentenceOf } from "./failure";

/** Copies one text, and says so where screen readers hear it; a refused clipboard is said beside the button. */
export function CopyButton({
  text,
  label,
  secret = false,
}: {
  text: string;
  label: string;
  /** Whether it goes from the clipboard after a minute. */
  secret?: boolean;
}) {
  const { copied, copy } = useCopy();
  return <CopiedButton label={label} copied={copied} copy={() => copy(text, secret)} />;
}

/** Copies the lines that an application needs to use the instance on this computer. */
export function CopyToolLinesButton() {
  const words = useWords();
  const { copied, copy } = useCopyToolLines();
  return <CopiedButton label={words.settings.copyToolLines} copied={copied} copy={copy} />;
}

function CopiedButton({ label, copied, copy }: { label: string; copied: boolean; copy: () => Promise<void> }) {
  const words = useWords();
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <span className="copy">
      <Button
        onClick={() => {
          setFailed(null);
          copy().catch((error: unknown) => {
            setFailed(sentenceOf(toApiResponseError(error), words));
          });
        }}
      >
        <CopyIcon />
        {/* Both labels take their room, so that the button keeps its size. */}
        <span className="either" data-second={copied}>
          <span aria-hidden={copied}>{label}</span>
          <span aria-hidden={!copied}>{words.actions.copied}</span>
        </span>
      </Button>
      <span role="status" className={failed ? "field-error" : "only-read-aloud"}>
        {failed ?? (copied ? words.actions.copied : "")}
      </span>
    </span>
  );
}
