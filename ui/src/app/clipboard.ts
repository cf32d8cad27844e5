import { useCallback, useEffect, useRef, useState } from "react";

import { intent } from "../sdk/errors";
import { useBridge } from "./context";

/** How long "Copied" stays, in milliseconds. */
const SHOWN_FOR = 2500;

/** Says for a moment that something was copied, once it was. */
function useCopied(): { copied: boolean; run: (put: Promise<unknown>) => Promise<void> } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const run = useCallback(async (put: Promise<unknown>) => {
    await intent(put);
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_FOR);
  }, []);
  return { copied, run };
}

/** Copies text by the app's own clipboard and says so for a moment; a secret is taken away again after a minute. */
export function useCopy(): { copied: boolean; copy: (text: string, secret?: boolean) => Promise<void> } {
  const bridge = useBridge();
  const { copied, run } = useCopied();
  const copy = useCallback(
    (text: string, secret = false) => run(bridge.app({ type: "copy", text, secret })),
    [bridge, run],
  );
  return { copied, copy };
}

/** Copies what applications need to use the instance on this computer, which the page itself is not told. */
export function useCopyToolLines(): { copied: boolean; copy: () => Promise<void> } {
  const bridge = useBridge();
  const { copied, run } = useCopied();
  const copy = useCallback(() => run(bridge.app({ type: "copy_tool_lines" })), [bridge, run]);
  return { copied, copy };
}
