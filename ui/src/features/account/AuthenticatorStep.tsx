import { useState } from "react";

import { CodeStep } from "../../app/CodeStep";
import { CopyButton } from "../../app/CopyButton";
import { useVerified } from "../../app/Reverification";
import type { InstanceView } from "../../bridge/InstanceView";
import { QrCode } from "../../primitives/QrCode";
import type { TOTPResource } from "../../sdk/resources/second-factor";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";

/** Gives an authenticator app its secret, by a picture or by hand, and has it prove that it came across. */
export function AuthenticatorStep({
  instance,
  user,
  totp,
  onDone,
  onBack,
}: {
  instance: InstanceView;
  user: UserResource;
  totp: TOTPResource;
  onDone: (backupCodes: string[] | null) => void;
  onBack: () => void;
}) {
  const words = useWords();
  const verified = useVerified();
  // What is on screen stays, whatever is said of the user meanwhile.
  const [{ secret, uri }] = useState(totp);
  return (
    <CodeStep
      instance={instance}
      title={words.twoStep.setUpTitle}
      lead={<p>{words.twoStep.setUpLead}</p>}
      sentTo={null}
      resendAt={null}
      attempt={(code) => verified(() => user.verifyTOTP({ code }))}
      onDone={({ backupCodes }) => {
        onDone(backupCodes);
      }}
      onBack={onBack}
    >
      <div className="secret">
        {uri && <QrCode text={uri} label={words.twoStep.picture} />}
        {secret && (
          <div className="stack gap-1 secret-words">
            <p className="quiet">{words.twoStep.byHand}</p>
            <p className="mono selectable">{grouped(secret)}</p>
            <CopyButton text={secret} label={words.twoStep.copyKey} secret />
          </div>
        )}
      </div>
      <p>{words.twoStep.thenCode}</p>
    </CodeStep>
  );
}

/** A key in groups of four, as it is read and typed. */
function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
