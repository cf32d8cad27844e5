import { useState } from "react";

import { Banner } from "../primitives/Banner";
import { Button } from "../primitives/Button";
import { useWords } from "../words/words";
import { useAction } from "./action";
import { sentenceOf } from "./failure";
import { useNavigation } from "./navigation";
import { useVault } from "./vault";

/**
 * Says what is wrong with the keychain and what follows from it, before anything is typed.
 *
 * Draws nothing when all is well, unless `always`.
 */
export function VaultNotice({ always = false }: { always?: boolean }) {
  const words = useWords();
  const { vault, recheck } = useVault();
  const { open } = useNavigation();
  const action = useAction();
  const [failed, setFailed] = useState<string | null>(null);
  if (!always && (vault.state === "ready" || vault.state === "checking")) return null;

  const store = vault.store || words.vault.fallbackStore;
  const own = vault.keeper === "passphrase";
  const said = own
    ? words.passphrase.states[vault.state]
    : vault.state === "checking"
      ? words.vault.checking
      : words.vault[vault.state](store);
  const canChoose = !own && (vault.state === "absent" || vault.state === "no_collection");
  const tone =
    vault.state === "ready" ? "ok" : vault.state === "checking" || vault.state === "waiting" ? "info" : "warning";
  const canRetry = vault.state !== "ready" && vault.state !== "checking";
  // Why there is none is for those who look for it: the settings say it.
  const tellsMore = vault.detail && vault.state !== "ready" && (always || own || vault.state !== "absent");
  const losesAtQuit = ["locked", "denied", "full", "broken", "failed"].includes(vault.state);
  return (
    <Banner
      tone={tone}
      title={said.title}
      action={
        canRetry && (
          <>
          {canChoose && (
            <Button
              onClick={() => {
                open({ name: "passphrase" });
              }}
            >
              {words.passphrase.offerButton}
            </Button>
          )}
          <Button
            pending={action.pending}
            onClick={() => {
              setFailed(null);
              action.run(recheck, {
                done: () => undefined,
                failed: (error) => {
                  setFailed(sentenceOf(error, words));
                },
              });
            }}
          >
            {words.actions.retry}
          </Button>
          </>
        )
      }
    >
      {said.body && <p>{said.body}</p>}
      {tellsMore && <p className="quiet">{words.vault.said(vault.detail ?? "")}</p>}
      {losesAtQuit && <p>{words.vault.onlyUntilQuit}</p>}
      {failed && <p>{failed}</p>}
    </Banner>
  );
}
