import { type ReactNode, useEffect, useRef } from "react";

import { BackupCodeParts, useBackupCheck } from "../../app/BackupCode";
import type { CodeEntry } from "../../app/code-entry";
import { CodeStep } from "../../app/CodeStep";
import { isSent, isToPhone, methodKey, preparation, type SecondMethod } from "../../app/factors";
import { spokenName } from "../../app/instances";
import { Place } from "../../app/Place";
import { WaitingNote } from "../../app/WaitingNote";
import { wayOf } from "../../app/ways";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage } from "../../primitives/FormPage";
import type { ApiResponseError } from "../../sdk/errors";
import type { SignInResource } from "../../sdk/resources/sign-in";
import { useWords } from "../../words/words";
import type { SignInState } from "./machine";

type SecondState = Extract<SignInState, { step: "second_factor" }>;

interface SecondFactorStepProps {
  instance: InstanceView;
  state: SecondState;
  signIn: SignInResource;
  onDone: (attempt: SignInResource) => void;
  /** Sees failures first; true means it has been dealt with. */
  onFailed: (error: ApiResponseError) => boolean;
  onChoose: (method: SecondMethod) => void;
  onOther: () => void;
  onBack: () => void;
  initialCode?: CodeEntry | undefined;
}

/** The second proof: by an authenticator app, a code that is sent, or a backup code. */
export function SecondFactorStep(props: SecondFactorStepProps) {
  const { instance, state, signIn, onDone, onFailed, onOther, onBack, initialCode } = props;
  const words = useWords();
  const { method } = state;
  if (state.choosing) return <ChooseWay {...props} />;
  const foot = (
    <Button look="quiet" onClick={onOther}>
      {state.methods.length > 1 ? words.secondFactor.otherWay : words.secondFactor.lost}
    </Button>
  );
  if (method.strategy === "backup_code") return <BackupStep {...props} foot={foot} />;
  const sent = isSent(method);
  const lead = sent ? words.verify.sent(method.address) : words.secondFactor.authenticatorLead;
  return (
    <CodeStep
      // Each way is an entry of its own.
      key={methodKey(method)}
      instance={instance}
      title={titleOf(state, words)}
      lead={
        <>
          {state.reason === "client_trust" && <p>{words.secondFactor.newDevice}</p>}
          <p>{lead}</p>
        </>
      }
      sentTo={sent ? method.address : null}
      resendAt={null}
      sendFirst={sent && !initialCode}
      initial={initialCode}
      {...(sent && { prepare: () => signIn.prepareSecondFactor(preparation(method)) })}
      attempt={(code) => signIn.attemptSecondFactor({ strategy: method.strategy, code })}
      onDone={onDone}
      onFailed={onFailed}
      onBack={onBack}
      foot={foot}
    />
  );
}

function titleOf(state: SecondState, words: ReturnType<typeof useWords>): string {
  if (!isSent(state.method)) return words.secondFactor.title;
  return isToPhone(state.method) ? words.verify.phoneTitle : words.verify.title;
}

function BackupStep({
  instance,
  signIn,
  onDone,
  onFailed,
  onBack,
  foot,
}: SecondFactorStepProps & { foot: ReactNode }) {
  const words = useWords();
  const check = useBackupCheck({
    attempt: (code) => signIn.attemptSecondFactor({ strategy: "backup_code", code }),
    onDone,
    onFailed,
  });
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (check.round > 0) focusFirst(field.current);
  }, [check.round]);
  return (
    <FormPage
      key="backup"
      place={<Place instance={instance} />}
      title={words.secondFactor.backupTitle}
      lead={<p>{words.secondFactor.backupLead}</p>}
      onBack={onBack}
      onSubmit={check.submit}
    >
      <div className="form-fields" ref={field}>
        <BackupCodeParts check={check} />
      </div>
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={check.action.pending}>
          {words.actions.verify}
        </Button>
        <div className="form-foot">{foot}</div>
        <WaitingNote instance={instance} action={check.action} />
      </div>
    </FormPage>
  );
}

/** Every way there is, and what to do where none of them is at hand. */
function ChooseWay({ instance, state, onChoose, onBack }: SecondFactorStepProps) {
  const words = useWords();
  return (
    <FormPage
      key="choose"
      place={<Place instance={instance} />}
      title={words.secondFactor.chooseTitle}
      onBack={onBack}
    >
      <ul className="stack gap-2" aria-label={words.secondFactor.ways}>
        {state.methods.map((method) => (
          <li key={methodKey(method)}>
            <Button
              wide
              onClick={() => {
                onChoose(method);
              }}
            >
              {wayOf(method, words)}
            </Button>
          </li>
        ))}
      </ul>
      <div className="stack gap-1">
        <h2>{words.secondFactor.lostTitle}</h2>
        <p className="quiet">{words.secondFactor.lostBody(spokenName(instance, words), instance.kind === "local")}</p>
      </div>
    </FormPage>
  );
}
