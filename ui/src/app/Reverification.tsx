import { createContext, type ReactNode, useCallback, useContext, useEffect, useEffectEvent, useState } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Button } from "../primitives/Button";
import { Dialog, focusField } from "../primitives/Dialog";
import { KnownAs } from "../primitives/KnownAs";
import { PasswordField } from "../primitives/PasswordField";
import { type ApiResponseError, toApiResponseError } from "../sdk/errors";
import { useSession } from "../sdk/hooks";
import type { SessionResource } from "../sdk/resources/session";
import type { SessionVerificationResource, VerificationLevel } from "../sdk/resources/session-verification";
import { type NeedsReverification, ReverificationProvider, useReverification } from "../sdk/reverification";
import { useWords } from "../words/words";
import { addressOf } from "./accounts";
import { type Action, useAction } from "./action";
import { BackupCodeParts, useBackupCheck } from "./BackupCode";
import { CodeParts, OutboxNote, ResendButton, useCodeCheck } from "./CodeStep";
import { useSnapshot } from "./context";
import {
  type FirstMethod,
  firstMethodsOf,
  isReset,
  isSent,
  methodKey,
  preparation,
  type SecondMethod,
  secondMethodsOf,
} from "./factors";
import { type Failure, placeFailure, plainFailure } from "./failure";
import { FailureNote } from "./FailureNote";
import { type PasskeyAction, usePasskeyAction } from "./PasskeyChooser";
import { useInstance } from "./instances";
import { useOnTop } from "./navigation";
import { wayOf } from "./ways";
import { WaitingNote } from "./WaitingNote";

/** What is asked for where whoever asks does not say: the second factor of who has one, else the first. */
const USUAL: VerificationLevel = "second_factor";

/** Runs work that may have to wait until somebody has proven anew who they are. */
export function useVerified(): <T>(work: () => Promise<T>) => Promise<T> {
  return useReverification(run);
}

const AskingContext = createContext(false);

/** Whether somebody is being asked to prove anew who they are: other questions step aside for it. */
export function useAsking(): boolean {
  return useContext(AskingContext);
}

const run = <T,>(work: () => Promise<T>): Promise<T> => work();

/** Asks people to prove anew who they are, above whatever lies below, when that is needed there. */
export function Reverification({ instance: id, children }: { instance: string; children: ReactNode }) {
  const words = useWords();
  const onTop = useOnTop();
  const [asked, setAsked] = useState<NeedsReverification[]>([]);
  const instance = useInstance(id);
  const { session } = useSession({ treatPendingAsSignedOut: false });
  const passkey = usePasskeyAction(words.passkeys.chooseTitle);
  const { ceremony } = useSnapshot().passkeys;
  const ask = useCallback((needs: NeedsReverification) => {
    setAsked((before) => [...before, needs]);
  }, []);
  const end = (how: "complete" | "cancel") => {
    setAsked([]);
    // A ceremony that comes up late is of use to nobody any more.
    if (how === "cancel") passkey.action.cancel();
    for (const needs of asked) needs[how]();
  };
  const gone = !session || !instance;
  const first = gone ? undefined : asked[0];
  return (
    <ReverificationProvider value={ask}>
      <AskingContext value={first !== undefined}>{children}</AskingContext>
      <Dialog
        open={first !== undefined}
        covered={!onTop || passkey.choosing || ceremony !== null}
        title={words.reverify.title}
        onClose={() => {
          end("cancel");
        }}
      >
        {first && !gone && (
          <Stages
            instance={instance}
            session={session}
            level={first.level ?? USUAL}
            passkey={passkey}
            onDone={() => {
              end("complete");
            }}
            onCancel={() => {
              end("cancel");
            }}
          />
        )}
      </Dialog>
      {passkey.chooser}
    </ReverificationProvider>
  );
}

type Stage =
  | { at: "beginning" }
  | { at: "failed"; failure: Failure }
  | { at: "first"; methods: FirstMethod[]; method: FirstMethod; choosing: boolean }
  | { at: "second"; methods: SecondMethod[]; method: SecondMethod; choosing: boolean }
  /** The account has no proof that this app could ask for. */
  | { at: "impossible" };

/** What stands next; by a passkey only where one can be used, and begun with where there is nothing else. */
function stageOf(verification: SessionVerificationResource, passkeys: boolean): Stage | "complete" {
  switch (verification.status) {
    case "complete":
      return "complete";
    case "needs_first_factor": {
      const methods = firstMethodsOf(verification.supportedFirstFactors, passkeys).filter((method) => !isReset(method));
      const method = methods.find(({ strategy }) => strategy !== "passkey") ?? methods[0];
      return method ? { at: "first", methods, method, choosing: false } : { at: "impossible" };
    }
    case "needs_second_factor": {
      const methods = secondMethodsOf(verification.supportedSecondFactors);
      const [method] = methods;
      return method ? { at: "second", methods, method, choosing: false } : { at: "impossible" };
    }
    default:
      return { at: "impossible" };
  }
}

/** What is asked for, one proof after the other. */
function Stages({
  instance,
  session,
  level,
  passkey,
  onDone,
  onCancel,
}: {
  instance: InstanceView;
  session: SessionResource;
  level: VerificationLevel;
  passkey: PasskeyAction;
  onDone: () => void;
  onCancel: () => void;
}) {
  const words = useWords();
  const [stage, setStage] = useState<Stage>({ at: "beginning" });
  /** Why nothing came of a passkey. */
  const [failure, setFailure] = useState<Failure | null>(null);

  const show = (verification: SessionVerificationResource) => {
    const next = stageOf(verification, instance.passkeys.obstacle === null);
    if (next === "complete") onDone();
    else setStage(next);
  };
  const begin = useEffectEvent(() => session.startVerification({ level }));
  const begun = useEffectEvent(show);
  const explain = useEffectEvent((error: unknown) => plainFailure(toApiResponseError(error), words));
  useEffect(() => {
    if (stage.at !== "beginning") return;
    let stale = false;
    begin().then(
      (verification) => {
        if (!stale) begun(verification);
      },
      (error: unknown) => {
        if (!stale) setStage({ at: "failed", failure: explain(error) });
      },
    );
    return () => {
      stale = true;
    };
  }, [stage.at]);

  /** What was begun has run out, or is another one's: it is begun anew. */
  const again = (error: ApiResponseError): boolean => {
    const codes = error.errors.map(({ code }) => code);
    const over = ["session_reverification_missing", "invalid_action_for_session_reverification"];
    if (!codes.some((code) => over.includes(code))) return false;
    setStage({ at: "beginning" });
    return true;
  };

  const byPasskey = () => {
    if (passkey.action.busy) return;
    setFailure(null);
    passkey.start((authenticator) => session.verifyWithPasskey({ authenticator }), {
      done: show,
      failed: (error) => {
        if (!again(error)) setFailure(plainFailure(error, words));
      },
    });
  };
  const choose = (next: Stage) => {
    setStage(next);
    // Who chooses it wants to use it, and does not have to say so twice.
    if (next.at === "first" && !next.choosing && next.method.strategy === "passkey") byPasskey();
    else passkey.action.cancel();
  };

  const parts: Parts = {
    instance,
    session,
    passkey: { action: passkey.action, failure, use: byPasskey },
    onVerified: show,
    onFailed: again,
    onCancel,
  };
  return <OneStage stage={stage} parts={parts} other={<OtherWays stage={stage} onStage={choose} />} onStage={choose} />;
}

/** The other ways to prove it: a passkey at once, and all of them in a list. */
function OtherWays({ stage, onStage }: { stage: Stage; onStage: (stage: Stage) => void }) {
  const words = useWords();
  if (stage.at !== "first" && stage.at !== "second") return null;
  const passkey =
    stage.at === "first" && stage.method.strategy !== "passkey"
      ? stage.methods.find(({ strategy }) => strategy === "passkey")
      : undefined;
  const listed = stage.methods.length - (passkey ? 1 : 0) > 1;
  return (
    <>
      {passkey && stage.at === "first" && (
        <Button
          look="quiet"
          onClick={() => {
            onStage({ ...stage, method: passkey });
          }}
        >
          {words.passkeys.use}
        </Button>
      )}
      {listed && (
        <Button
          look="quiet"
          onClick={() => {
            onStage({ ...stage, choosing: true });
          }}
        >
          {words.secondFactor.otherWay}
        </Button>
      )}
    </>
  );
}

interface Parts {
  instance: InstanceView;
  session: SessionResource;
  passkey: { action: Action; failure: Failure | null; use: () => void };
  onVerified: (verification: SessionVerificationResource) => void;
  /** Sees failures first; true means it has been dealt with. */
  onFailed: (error: ApiResponseError) => boolean;
  onCancel: () => void;
}

function OneStage({
  stage,
  parts,
  other,
  onStage,
}: {
  stage: Stage;
  parts: Parts;
  other: ReactNode;
  onStage: (stage: Stage) => void;
}) {
  const words = useWords();
  const { onCancel } = parts;
  switch (stage.at) {
    case "beginning":
      return (
        <Message role="status" onCancel={onCancel}>
          <p className="quiet">{words.reverify.beginning}</p>
        </Message>
      );
    case "failed":
      return (
        <Message
          onCancel={onCancel}
          action={
            <Button
              look="primary"
              onClick={() => {
                onStage({ at: "beginning" });
              }}
            >
              {words.actions.retry}
            </Button>
          }
        >
          <FailureNote failure={stage.failure} />
        </Message>
      );
    case "impossible":
      return (
        <Message onCancel={onCancel} over>
          <p>{words.reverify.impossible}</p>
        </Message>
      );
    case "first":
    case "second":
      if (stage.choosing) {
        return (
          <Message onCancel={onCancel}>
            <ul className="stack gap-2" aria-label={words.secondFactor.ways}>
              {stage.methods.map((method) => (
                <li key={methodKey(method)}>
                  <Button
                    wide
                    onClick={() => {
                      // Both lists hold their own kind of way.
                      onStage({ ...stage, method, choosing: false } as Stage);
                    }}
                  >
                    {wayOf(method, words)}
                  </Button>
                </li>
              ))}
            </ul>
          </Message>
        );
      }
      return stage.at === "first" ? (
        <FirstProof key={methodKey(stage.method)} method={stage.method} parts={parts} other={other} />
      ) : (
        <SecondProof key={methodKey(stage.method)} method={stage.method} parts={parts} other={other} />
      );
  }
}

function FirstProof({ method, parts, other }: { method: FirstMethod; parts: Parts; other: ReactNode }) {
  if (method.strategy === "passkey") return <PasskeyProof parts={parts} other={other} />;
  if (!isSent(method)) return <PasswordProof parts={parts} other={other} />;
  const { session } = parts;
  const strategy = method.strategy === "phone_code" ? "phone_code" : "email_code";
  return (
    <CodeProof
      parts={parts}
      other={other}
      sentTo={method.address}
      prepare={() => session.prepareFirstFactorVerification(preparation(method))}
      attempt={(code) => session.attemptFirstFactorVerification({ strategy, code })}
    />
  );
}

function SecondProof({ method, parts, other }: { method: SecondMethod; parts: Parts; other: ReactNode }) {
  const { session } = parts;
  if (method.strategy === "backup_code") return <BackupProof parts={parts} other={other} />;
  return (
    <CodeProof
      parts={parts}
      other={other}
      sentTo={isSent(method) ? method.address : null}
      {...(isSent(method) && {
        prepare: () => session.prepareSecondFactorVerification(preparation(method)),
      })}
      attempt={(code) => session.attemptSecondFactorVerification({ strategy: method.strategy, code })}
    />
  );
}

function PasswordProof({ parts, other }: { parts: Parts; other: ReactNode }) {
  const words = useWords();
  const action = useAction();
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const { instance, session } = parts;
  const submit = () => {
    if (action.busy) return;
    setFailure(null);
    if (!password) {
      setError(words.fields.required.password);
      setRound(round + 1);
      return;
    }
    action.run(() => session.attemptFirstFactorVerification({ strategy: "password", password }), {
      done: parts.onVerified,
      failed: (refusal) => {
        if (parts.onFailed(refusal)) return;
        const { fields, form } = placeFailure(refusal, { password: "password" }, words);
        setError(fields.password ?? null);
        setFailure(form);
        setRound(round + 1);
      },
    });
  };
  return (
    <Proof
      lead={words.reverify.password}
      round={round}
      pending={action.pending}
      other={other}
      onSubmit={submit}
      onCancel={parts.onCancel}
      waiting={<WaitingNote instance={instance} action={action} />}
    >
      <FailureNote failure={failure} />
      <KnownAs address={session.user ? addressOf(session.user) : ""} />
      <PasswordField
        label={words.fields.password}
        name="password"
        autoComplete="current-password"
        data-autofocus=""
        required
        value={password}
        error={error ?? undefined}
        onValue={(value) => {
          setPassword(value);
          setError(null);
        }}
      />
    </Proof>
  );
}

/** A passkey; what there is to do meanwhile is asked above this. */
function PasskeyProof({ parts, other }: { parts: Parts; other: ReactNode }) {
  const words = useWords();
  const { action, failure, use } = parts.passkey;
  return (
    <Proof
      lead={words.passkeys.confirmLead}
      round={0}
      pending={action.pending}
      other={other}
      submit={words.passkeys.use}
      onSubmit={use}
      onCancel={parts.onCancel}
      waiting={<WaitingNote instance={parts.instance} action={action} />}
    >
      <FailureNote failure={failure} />
    </Proof>
  );
}

function CodeProof({
  parts,
  other,
  sentTo,
  prepare,
  attempt,
}: {
  parts: Parts;
  other: ReactNode;
  /** Where the code goes; null for an authenticator app's. */
  sentTo: string | null;
  prepare?: () => Promise<unknown>;
  attempt: (code: string) => Promise<SessionVerificationResource>;
}) {
  const words = useWords();
  const check = useCodeCheck({
    sentTo,
    resendAt: null,
    sendFirst: sentTo !== null,
    prepare,
    attempt,
    onDone: parts.onVerified,
    onFailed: parts.onFailed,
  });
  return (
    <Proof
      lead={
        sentTo === null
          ? words.secondFactor.authenticatorLead
          : check.entry.unsent
            ? `${words.verify.unsent}.`
            : words.verify.sent(sentTo)
      }
      round={0}
      pending={check.checking.pending}
      other={
        <>
          <ResendButton check={check} />
          {other}
        </>
      }
      onSubmit={() => {
        check.submit(check.entry.code);
      }}
      onCancel={parts.onCancel}
      waiting={
        <WaitingNote instance={parts.instance} action={check.checking.busy ? check.checking : check.sending} />
      }
    >
      <CodeParts check={check} />
      {sentTo !== null && <OutboxNote instance={parts.instance} />}
    </Proof>
  );
}

function BackupProof({ parts, other }: { parts: Parts; other: ReactNode }) {
  const words = useWords();
  const check = useBackupCheck({
    attempt: (code) => parts.session.attemptSecondFactorVerification({ strategy: "backup_code", code }),
    onDone: parts.onVerified,
    onFailed: parts.onFailed,
  });
  return (
    <Proof
      lead={words.secondFactor.backupLead}
      round={check.round}
      pending={check.action.pending}
      other={other}
      onSubmit={check.submit}
      onCancel={parts.onCancel}
      waiting={<WaitingNote instance={parts.instance} action={check.action} />}
    >
      <BackupCodeParts check={check} />
    </Proof>
  );
}

/** One proof: what to do, its field, and the ways on. */
function Proof({
  lead,
  round,
  pending,
  other,
  submit,
  onSubmit,
  onCancel,
  waiting,
  children,
}: {
  lead: string;
  /** Rises with every refusal: the first wrong field then takes the focus. */
  round: number;
  pending: boolean;
  other: ReactNode;
  /** What the button says where there is nothing to type. */
  submit?: string;
  onSubmit: () => void;
  onCancel: () => void;
  waiting: ReactNode;
  children: ReactNode;
}) {
  const words = useWords();
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  useEffect(() => {
    focusField(form);
  }, [form, round]);
  return (
    <form
      ref={setForm}
      className="stack gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <p>{words.reverify.why}</p>
      <p className="quiet wrap">{lead}</p>
      {children}
      <div className="dialog-foot">{other}</div>
      <div className="dialog-buttons">
        <Button onClick={onCancel}>{words.actions.cancel}</Button>
        <Button look="primary" type="submit" pending={pending} {...(submit !== undefined && { "data-autofocus": "" })}>
          {submit ?? words.actions.verify}
        </Button>
      </div>
      {waiting}
    </form>
  );
}

/** What is said in place of a proof. */
function Message({
  role,
  action,
  over = false,
  onCancel,
  children,
}: {
  role?: "status";
  action?: ReactNode;
  /** Whether nothing goes on after it. */
  over?: boolean;
  onCancel: () => void;
  children: ReactNode;
}) {
  const words = useWords();
  return (
    <div className="stack gap-3">
      <div role={role}>{children}</div>
      <div className="dialog-buttons">
        <Button onClick={onCancel}>{over ? words.actions.close : words.actions.cancel}</Button>
        {action}
      </div>
    </div>
  );
}
