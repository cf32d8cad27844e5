import { useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useNavigation } from "../../app/navigation";
import { useVault } from "../../app/vault";
import { VaultNotice } from "../../app/VaultNotice";
import { Button } from "../../primitives/Button";
import { type Catalogue, useKeychainWords, useWords } from "../../words/words";

/** How the keychain stands, and the choice between it and a vault behind a passphrase. */
export function VaultPanel() {
  const words = useWords();
  const ofKeychain = useKeychainWords();
  const { open } = useNavigation();
  const { vault, lock, moveToKeychain } = useVault();
  const action = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = (work: () => Promise<void>, said: Catalogue) => () => {
    if (action.busy) return;
    setFailure(null);
    action.run(work, {
      done: () => undefined,
      failed: (error) => {
        setFailure(plainFailure(error, said));
      },
    });
  };
  const choose = () => {
    open({ name: "passphrase" });
  };
  return (
    <>
      <VaultNotice always />
      <FailureNote failure={failure} />
      {vault.keeper === "passphrase" ? (
        <div className="panel-buttons">
          <Button onClick={run(moveToKeychain, ofKeychain)} pending={action.pending}>
            {words.passphrase.moveBack}
          </Button>
          {vault.state === "ready" && (
            <>
              <Button onClick={choose}>{words.passphrase.change}</Button>
              <Button onClick={run(lock, words)}>{words.passphrase.lock}</Button>
            </>
          )}
        </div>
      ) : (
        vault.state === "ready" && (
          <div className="panel-row">
            <p className="quiet">{words.passphrase.offer}</p>
            <div className="panel-buttons">
              <Button onClick={choose}>{words.passphrase.choose}</Button>
            </div>
          </div>
        )
      )}
    </>
  );
}
