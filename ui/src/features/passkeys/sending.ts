import { useRef, useState } from "react";

import { sentenceOf } from "../../app/failure";
import { toApiResponseError } from "../../sdk/errors";
import { useWords } from "../../words/words";

/** One answer to one question: whatever is pressed after it changes nothing. */
export function useSending(): {
  sent: boolean;
  /** Why the answer did not arrive; it can be given once more then. */
  failure: string | null;
  send: (work: () => Promise<void>) => void;
} {
  const words = useWords();
  const once = useRef(false);
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  return {
    sent,
    failure,
    send: (work) => {
      if (once.current) return;
      once.current = true;
      setSent(true);
      setFailure(null);
      work().catch((error: unknown) => {
        once.current = false;
        setSent(false);
        setFailure(sentenceOf(toApiResponseError(error), words));
      });
    },
  };
}
