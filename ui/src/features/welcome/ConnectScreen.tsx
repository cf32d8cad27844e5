import { useEffect, useReducer, useRef } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useInstances } from "../../app/instances";
import { useNavigation } from "../../app/navigation";
import type { KeyPreview } from "../../bridge/KeyPreview";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { focusFirst, FormPage, SlowNote } from "../../primitives/FormPage";
import { TextField } from "../../primitives/TextField";
import { useWords } from "../../words/words";

/** The key is read, or asked for at an address, first, and the host it names is shown before anything is asked of it. */
export type ConnectState =
  | { step: "key"; key: string; error: string | null; round: number }
  | { step: "confirm"; key: string; preview: KeyPreview; failure: Failure | null };

type ConnectEvent =
  | { type: "edited"; key: string }
  | { type: "refused"; error: string }
  | { type: "read"; preview: KeyPreview }
  | { type: "failed"; failure: Failure }
  | { type: "back" };

function connectMachine(state: ConnectState, event: ConnectEvent): ConnectState {
  switch (event.type) {
    case "edited":
      return { step: "key", key: event.key, error: null, round: 0 };
    case "refused":
      return {
        step: "key",
        key: state.key,
        error: event.error,
        round: state.step === "key" ? state.round + 1 : 1,
      };
    case "read":
      return { step: "confirm", key: state.key, preview: event.preview, failure: null };
    case "failed":
      return state.step === "confirm" ? { ...state, failure: event.failure } : state;
    case "back":
      return { step: "key", key: state.key, error: null, round: 0 };
  }
}

/** Adding an instance by its publishable key, or by the address of a Frontdesk server. */
export function ConnectScreen({ initial }: { initial?: ConnectState }) {
  const words = useWords();
  const { back, replace } = useNavigation();
  const { inspect, add } = useInstances();
  const action = useAction();
  const field = useRef<HTMLDivElement>(null);
  const [state, tell] = useReducer(
    connectMachine,
    initial ?? { step: "key", key: "", error: null, round: 0 },
  );
  const round = state.step === "key" ? state.round : 0;
  useEffect(() => {
    if (round > 0) focusFirst(field.current);
  }, [round]);

  const read = () => {
    const key = state.key.trim();
    if (!key) {
      tell({ type: "refused", error: words.fields.required.keyOrAddress });
      return;
    }
    if (action.busy) return;
    action.run(() => inspect(key), {
      done: (preview) => {
        tell({ type: "read", preview });
      },
      failed: (error) => {
        tell({ type: "refused", error: plainFailure(error, words).message });
      },
    });
  };

  const connect = () => {
    if (action.busy || state.step !== "confirm") return;
    action.run(() => add(state.preview.publishable_key), {
      done: (instance) => {
        replace({ name: "sign-in", instance });
      },
      failed: (error) => {
        tell({ type: "failed", failure: plainFailure(error, words) });
      },
    });
  };

  if (state.step === "key") {
    return (
      <FormPage
        key="key"
        title={words.connect.title}
        lead={<p>{words.connect.lead}</p>}
        onBack={back}
        onSubmit={read}
      >
        <div ref={field}>
          <TextField
            label={words.fields.keyOrAddress}
            name="key-or-address"
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            data-autofocus=""
            placeholder="pk_test_…"
            required
            value={state.key}
            error={state.error ?? undefined}
            onValue={(key) => {
              // What is read now is another key's host.
              action.cancel();
              tell({ type: "edited", key });
            }}
          />
        </div>
        <div className="form-end">
          <Button look="primary" type="submit" wide pending={action.pending}>
            {words.actions.continue}
          </Button>
          <SlowNote waiting={action.waiting} name={state.key.trim()} onCancel={action.cancel} />
        </div>
      </FormPage>
    );
  }

  const { preview } = state;
  return (
    <FormPage
      key="confirm"
      title={words.connect.confirmTitle}
      lead={<p>{words.connect.confirmLead}</p>}
      onBack={() => {
        action.cancel();
        tell({ type: "back" });
      }}
      onSubmit={connect}
    >
      <div className="card">
        <p className="host">{preview.host}</p>
      </div>
      <p className="quiet">
        {preview.environment_type === "production"
          ? words.connect.production
          : words.connect.development}
      </p>
      {preview.asked_host === null ? (
        <p className="quiet">{words.connect.isOfKey}</p>
      ) : (
        <Banner tone="warning" title={words.connect.elsewhere(preview.asked_host)}>
          {words.connect.elsewhereBody}
        </Banner>
      )}
      {preview.host_unicode !== null && preview.host_unicode !== preview.host && (
        <Banner tone="warning" title={words.connect.readsAs(preview.host_unicode)}>
          {words.connect.punycode}
        </Banner>
      )}
      <FailureNote failure={state.failure} />
      <div className="form-end">
        <Button look="primary" type="submit" wide pending={action.pending}>
          {words.actions.connect}
        </Button>
        <div className="form-foot">
          <Button
            look="quiet"
            onClick={() => {
              action.cancel();
              tell({ type: "back" });
            }}
          >
            {words.connect.otherKey}
          </Button>
        </div>
        <SlowNote waiting={action.waiting} name={preview.host} onCancel={action.cancel} />
      </div>
    </FormPage>
  );
}
