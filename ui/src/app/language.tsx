import { type ReactNode, useEffect } from "react";

import { LanguageProvider, useLocale } from "../words/words";
import { useBridge, useSnapshot } from "./context";
import { usePreferences } from "./preferences";

/** Speaks the language that the person chose, and tells the app which one, so that instances write in it too. */
export function Spoken({ wanted, children }: { wanted?: readonly string[]; children: ReactNode }) {
  const { preferences } = usePreferences();
  const { vault } = useSnapshot();
  return (
    <LanguageProvider chosen={preferences.language} keeper={vault.keeper} {...(wanted && { wanted })}>
      <Tell />
      {children}
    </LanguageProvider>
  );
}

function Tell() {
  const bridge = useBridge();
  const locale = useLocale();
  useEffect(() => {
    bridge.app({ type: "speak", locale }).catch((error: unknown) => {
      // Instances then write in their own language; nothing else depends on it.
      console.error("The app was not told the language.", error);
    });
  }, [bridge, locale]);
  return null;
}
