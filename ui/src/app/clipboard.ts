import { useCallback, useEffect, useRef, useState } from "react";

import { intent } from "../sdk/errors";
import { useBridge } from "./context";

/** How long "Copied" stays, in milliseconds. */
const SHOWN_FOR = 2500;

/** Copies text by the app's own clipboard and says so for a moment; a secret is taken away again after a minute. */
export function useCopy(): { copied: boolean; copy: (text: string, secret?: boolean) => Promise<void> } {
  const bridge = useBridge();
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback(
    async (text: string, secret = false) => {
      await intent(bridge.app({ type: "copy", text, secret }));
      setCopied(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCopied(false), SHOWN_FOR);
    },
    [bridge],
  );
  return { copied, copy };
}
