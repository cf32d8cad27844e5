import { useCallback } from "react";

import type { PasswordEstimate } from "../bridge/PasswordEstimate";
import { useBridge } from "./context";

/** Says how hard a password is to guess for who knows these words about its owner. */
export function useEstimate(about: (string | null)[]): (password: string) => Promise<PasswordEstimate> {
  const bridge = useBridge();
  // One text, so that equal words are the same.
  const inputs = about.filter(Boolean).join("\n");
  return useCallback(
    (password) =>
      bridge.app({
        type: "estimate_password",
        password,
        inputs: inputs.split("\n").filter(Boolean),
      }),
    [bridge, inputs],
  );
}
