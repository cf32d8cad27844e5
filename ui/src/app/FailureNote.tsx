import type { ReactNode } from "react";

import { FailureBanner } from "../primitives/FailureBanner";
import { useWords } from "../words/words";
import { useCopy } from "./clipboard";
import { useCountdown } from "./code-entry";
import type { Failure } from "./failure";

/** A failure above a form, with its details to copy. */
export function FailureNote({
  failure,
  title,
  action,
}: {
  failure: Failure | null;
  title?: string;
  action?: ReactNode;
}) {
  const { copied, copy } = useCopy();
  const words = useWords();
  const left = useCountdown(failure?.retryAt ?? null);
  if (!failure) return null;
  return (
    <FailureBanner
      message={failure.message}
      {...(title !== undefined && { title })}
      {...(failure.retryAt !== undefined && { countdown: words.errors.retryIn(left) })}
      code={failure.code}
      traceId={failure.traceId}
      action={action}
      copied={copied}
      onCopy={(text) => {
        // A refused clipboard leaves the text selectable.
        void copy(text).catch(() => undefined);
      }}
    />
  );
}
