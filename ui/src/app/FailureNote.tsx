import type { ReactNode } from "react";

import { FailureBanner } from "../primitives/FailureBanner";
import { useCopy } from "./clipboard";
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
  if (!failure) return null;
  return (
    <FailureBanner
      message={failure.message}
      {...(title !== undefined && { title })}
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
