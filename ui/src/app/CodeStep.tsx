import { type ReactNode, useEffect, useReducer } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Banner } from "../primitives/Banner";
import { Button } from "../primitives/Button";
import { CODE_LENGTH, CodeField } from "../primitives/CodeField";
import { FormPage } from "../primitives/FormPage";
import type { ApiResponseError } from "../sdk/errors";
import { useWords } from "../words/words";
import { type Action, useAction } from "./action";
import { beginCodeEntry, type CodeEntry, codeEntry, RESEND_AFTER, useCountdown } from "./code-entry";
import { hasCode, placeFailure, plainFailure, warned } from "./failure";
import { FailureNote } from "./FailureNote";
import { useNavigation } from "./navigation";
import { Place } from "./Place";
import { WaitingNote } from "./WaitingNote";

/** What a code is asked for, and what is done with it. */
interface CodeCheckProps<Done> {
  /** Where the code went, as it may be shown; null for one that nobody sends, such as an authenticator app's. */
  sentTo: string | null;
  /** When another code may be asked for; null is now. */
  resendAt: number | null;
  /** Whether no code has been sent yet, so that the step begins by sending one. */
  sendFirst?: boolean;
  /** Has a code sent. */
  prepare?: (() => Promise<unknown>) | undefined;
  attempt: (code: string) => Promise<Done>;
  onDone: (done: Done) => void;
  /** Sees failures first; true means it has been dealt with. */
  onFailed?: ((error: ApiResponseError) => boolean) | undefined;
  /** Opens the entry in a given state, for previews. */
  initial?: CodeEntry | undefined;
}

/** The entry of a code, under way. */
export interface CodeCheck {
  sentTo: string | null;
  entry: CodeEntry;
  checking: Action;
  sending: Action;
  /** Seconds until another code may be asked for. */
  wait: number;
  type: (code: string) => void;
  submit: (code: string) => void;
  resend: () => void;
}

/** Looks after the entry of a code, wherever it is drawn. */
export function useCodeCheck<Done>(props: CodeCheckProps<Done>): CodeCheck {
  const words = useWords();
  const [entry, tell] = useReducer(codeEntry, props.initial ?? beginCodeEntry(props.resendAt));
  const checking = useAction();
  const sending = useAction();
  const wait = useCountdown(entry.resendAt);
  const { sentTo, prepare } = props;

  const fail = (error: ApiResponseError) => {
    if (props.onFailed?.(error)) return;
    if (sentTo === null && hasCode(error, "form_code_incorrect")) {
      // There is no message to look at.
      tell({ type: "refused", error: warned(words.secondFactor.wrongCode, error, words) });
      return;
    }
    const placed = placeFailure(error, { code: "code" }, words);
    if (placed.fields.code) tell({ type: "refused", error: placed.fields.code });
    else if (placed.form) tell({ type: "failed", failure: placed.form });
  };

  const send = (notice: string | null) => {
    if (sending.busy || !prepare) return;
    sending.run(prepare, {
      done: () => {
        tell({ type: "sent", notice, resendAt: Date.now() + RESEND_AFTER });
      },
      failed: (error) => {
        if (error.status === 429) {
          const seconds = error.retryAfter ?? RESEND_AFTER / 1000;
          tell({ type: "too_soon", resendAt: Date.now() + seconds * 1000 });
          return;
        }
        if (props.sendFirst) tell({ type: "unsent" });
        if (hasCode(error, "unsupported_country_code")) {
          // The number is known already: there is none to type in its place.
          tell({ type: "failed", failure: { ...plainFailure(error, words), message: words.verify.countryOff } });
        } else fail(error);
      },
    });
  };

  useEffect(() => {
    if (props.sendFirst) send(null);
    // Once, when the step opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const submit = (code: string) => {
    if (code.length < CODE_LENGTH) {
      tell({ type: "unfinished", error: words.verify.incomplete });
      return;
    }
    if (checking.busy) return;
    checking.run(() => props.attempt(code), {
      done: props.onDone,
      failed: (error) => {
        if (sentTo !== null && prepare && hasCode(error, "verification_expired")) {
          send(words.verify.expiredResent(sentTo));
        } else if (sentTo !== null && hasCode(error, "verification_failed")) {
          tell({ type: "refused", error: words.verify.tooManyTries });
        } else fail(error);
      },
    });
  };

  return {
    sentTo,
    entry,
    checking,
    sending,
    wait,
    type: (code) => {
      tell({ type: "typed", code });
    },
    submit,
    resend: () => {
      if (sentTo !== null) send(words.verify.resent(sentTo));
    },
  };
}

/** The field of a code, with what there is to say of it. */
export function CodeParts({ check, note }: { check: CodeCheck; note?: string | undefined }) {
  const words = useWords();
  const { entry } = check;
  return (
    <>
      {note && !entry.notice && <Banner tone="info">{note}</Banner>}
      {entry.notice && <Banner tone="ok">{entry.notice}</Banner>}
      <FailureNote failure={entry.failure} />
      <CodeField
        label={words.fields.code}
        value={entry.code}
        onValue={check.type}
        onComplete={check.submit}
        error={entry.error ?? undefined}
        busy={check.checking.busy}
        attempt={entry.attempt}
      />
    </>
  );
}

/** Has another code sent, once that may be asked for. */
export function ResendButton({ check }: { check: CodeCheck }) {
  const words = useWords();
  if (check.sentTo === null) return null;
  return (
    <Button
      look="quiet"
      disabled={check.wait > 0}
      pending={check.sending.pending}
      onClick={check.resend}
    >
      <span className="tabular">
        {check.wait > 0 ? words.verify.resendIn(check.wait) : words.verify.resend}
      </span>
    </Button>
  );
}

/** Where the messages of the instance on this computer land. */
export function OutboxNote({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const { open } = useNavigation();
  if (instance.kind !== "local") return null;
  return (
    <p className="quiet">
      {words.verify.outboxBefore}{" "}
      <a
        href="#outbox"
        onClick={(event) => {
          event.preventDefault();
          open({ name: "outbox" });
        }}
      >
        {words.verify.outboxLink}
      </a>
      .
    </p>
  );
}

interface CodeStepProps<Done> extends CodeCheckProps<Done> {
  instance: InstanceView;
  /** What the code is for, where that is not the address itself. */
  title?: string | undefined;
  /** What to do, where that is not to look for a message. */
  lead?: ReactNode;
  /** Something to say first, such as that this was begun earlier. */
  note?: string | undefined;
  onBack: () => void;
  foot?: ReactNode;
  /** What stands above the field, such as a picture to scan. */
  children?: ReactNode;
}

/** Entry of a code on a page of its own: sends by itself with the sixth digit, and has another one sent on request. */
export function CodeStep<Done>({ instance, title, lead, note, onBack, foot, children, ...props }: CodeStepProps<Done>) {
  const words = useWords();
  const check = useCodeCheck(props);
  const { sentTo } = props;
  const { unsent } = check.entry;
  return (
    <FormPage
      place={<Place instance={instance} />}
      title={unsent ? words.verify.unsent : (title ?? words.verify.title)}
      // Nobody is sent to look for a message that there is none of.
      lead={!unsent && (lead ?? (sentTo !== null && <p>{words.verify.sent(sentTo)}</p>))}
      onBack={onBack}
      onSubmit={() => {
        check.submit(check.entry.code);
      }}
    >
      {children}
      <CodeParts check={check} note={note} />
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={check.checking.pending}>
          {words.actions.verify}
        </Button>
        {(sentTo !== null || foot) && (
          <div className="form-foot">
            <ResendButton check={check} />
            {foot}
          </div>
        )}
        {sentTo !== null && <OutboxNote instance={instance} />}
        <WaitingNote instance={instance} action={check.checking.busy ? check.checking : check.sending} />
      </div>
    </FormPage>
  );
}
