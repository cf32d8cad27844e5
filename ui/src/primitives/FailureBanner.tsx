import * as Collapsible from "@radix-ui/react-collapsible";
import type { ReactNode } from "react";

import { useWords } from "../words/words";
import { Banner } from "./Banner";
import { ChevronIcon } from "./icons";
import { Button } from "./Button";

/** A failure in words, with the machine's words behind "Details". */
export function FailureBanner({
  message,
  title,
  countdown,
  code,
  traceId,
  action,
  onCopy,
  copied = false,
}: {
  message: string;
  title?: string;
  /** What is counted down; not read aloud, since the message says how long to wait. */
  countdown?: string;
  code: string | null;
  traceId: string | null;
  action?: ReactNode;
  onCopy: (text: string) => void;
  copied?: boolean;
}) {
  return (
    <Banner tone="danger" {...(title !== undefined && { title })} action={action}>
      <p>{message}</p>
      {countdown !== undefined && (
        <p className="quiet" aria-hidden="true">
          {countdown}
        </p>
      )}
      {(code || traceId) && (
        <Details code={code} traceId={traceId} onCopy={onCopy} copied={copied} />
      )}
    </Banner>
  );
}

function Details({
  code,
  traceId,
  onCopy,
  copied,
}: {
  code: string | null;
  traceId: string | null;
  onCopy: (text: string) => void;
  copied: boolean;
}) {
  const words = useWords();
  const lines = [
    code ? `${words.errors.details.code}: ${code}` : null,
    traceId ? `${words.errors.details.traceId}: ${traceId}` : null,
  ].filter((line) => line !== null);
  return (
    <Collapsible.Root>
      <Collapsible.Trigger className="details-toggle">
        <ChevronIcon />
        {words.actions.details}
      </Collapsible.Trigger>
      <Collapsible.Content className="stack gap-2">
        {lines.map((line) => (
          <p key={line} className="mono">
            {line}
          </p>
        ))}
        <div>
          <Button
            look="quiet"
            onClick={() => {
              onCopy(lines.join("\n"));
            }}
          >
            {copied ? words.actions.copied : words.errors.copyDetails}
          </Button>
        </div>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
