import { type ReactNode, useEffect, useReducer } from "react";

import type { InstanceView } from "../bridge/InstanceView";
import { Banner } from "../primitives/Banner";
import { Button } from "../primitives/Button";
import { CODE_LENGTH, CodeField } from "../primitives/CodeField";
import { FormPage } from "../primitives/FormPage";
import type { ApiResponseError } from "../sdk/errors";
import { useWords } from "../words/words";
import { useAction } from "./action";
import { beginCodeEntry, type CodeEntry, codeEntry, RESEND_AFTER, useCountdown } from "./code-entry";
import { hasCode, placeFailure } from "./failure";
import { FailureNote } from "./FailureNote";
import { useNavigation } from "./navigation";
import { Place } from "./Place";
import { WaitingNote } from "./WaitingNote";

interface CodeStepProps<Done> {
  instance: InstanceView;
  /** What the code is for, where that is not the address itself. */
  title?: string | undefined;
  /** Where the code went, as it may be shown. */
  sentTo: string;
  /** When another code may be asked for; null is now. */
  resendAt: number | null;
  /** Something to say first, such as that this was begun earlier. */
  note?: string | undefined;
  /** Whether no code has been sent yet, so that the step begins by sending one. */
  sendFirst?: boolean;
  prepare: () => Promise<unknown>;
  attempt: (code: string) => Promise<Done>;
  onDone: (done: Done) => void;
  /** Sees failures first; true means it has been dealt with. */
  onFailed?: (error: ApiResponseError) => boolean;
  onBack: () => void;
  foot?: ReactNode;
  /** Opens the step in a given state, for previews. */
  initial?: CodeEntry | undefined;
}

/** Entry of a code that was sent to an address: sends by itself with the sixth digit, and sends another on request. */
export function CodeStep<Done>({ instance, ...props }: CodeStepProps<Done>) {
  const words = useWords();
  const { open } = useNavigation();
  const [entry, tell] = useReducer(
    codeEntry,
    props.initial ?? beginCodeEntry(props.resendAt),
  );
  const checking = useAction();
  const sending = useAction();
  const wait = useCountdown(entry.resendAt);

  const fail = (error: ApiResponseError) => {
    if (props.onFailed?.(error)) return;
    const placed = placeFailure(error, { code: "code" }, words);
    if (placed.fields.code) tell({ type: "refused", error: placed.fields.code });
    else if (placed.form) tell({ type: "failed", failure: placed.form });
  };

  const send = (notice: string | null) => {
    if (sending.busy) return;
    sending.run(props.prepare, {
      done: () => {
        tell({ type: "sent", notice, resendAt: Date.now() + RESEND_AFTER });
      },
      failed: (error) => {
        if (error.status === 429) {
          const seconds = error.retryAfter ?? RESEND_AFTER / 1000;
          tell({ type: "too_soon", resendAt: Date.now() + seconds * 1000 });
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
        if (hasCode(error, "verification_expired")) {
          send(words.verify.expiredResent(props.sentTo));
        } else if (hasCode(error, "verification_failed")) {
          tell({ type: "refused", error: words.verify.tooManyTries });
        } else fail(error);
      },
    });
  };

  return (
    <FormPage
      place={<Place instance={instance} />}
      title={props.title ?? words.verify.title}
      lead={<p>{words.verify.sent(props.sentTo)}</p>}
      onBack={props.onBack}
      onSubmit={() => {
        submit(entry.code);
      }}
    >
      {props.note && !entry.notice && <Banner tone="info">{props.note}</Banner>}
      {entry.notice && <Banner tone="ok">{entry.notice}</Banner>}
      <FailureNote failure={entry.failure} />
      <CodeField
        label={words.fields.code}
        value={entry.code}
        onValue={(code) => {
          tell({ type: "typed", code });
        }}
        onComplete={submit}
        error={entry.error ?? undefined}
        busy={checking.busy}
        attempt={entry.attempt}
      />
      <div className="form-end">
        <Button
          look="primary"
          type="submit"
          wide
          pending={checking.pending}
        >
          {words.actions.verify}
        </Button>
        <div className="form-foot">
          <Button
            look="quiet"
            disabled={wait > 0}
            pending={sending.pending}
            onClick={() => {
              send(words.verify.resent(props.sentTo));
            }}
          >
            <span className="tabular">
              {wait > 0 ? words.verify.resendIn(wait) : words.verify.resend}
            </span>
          </Button>
          {props.foot}
        </div>
        {instance.kind === "local" && (
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
        )}
        <WaitingNote instance={instance} action={checking.busy ? checking : sending} />
      </div>
    </FormPage>
  );
}
