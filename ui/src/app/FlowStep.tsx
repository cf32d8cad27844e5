import { useEffect, useEffectEvent, useState } from "react";

import type { FlowView } from "../bridge/FlowView";
import type { InstanceView } from "../bridge/InstanceView";
import { Banner } from "../primitives/Banner";
import { Button } from "../primitives/Button";
import { FormPage } from "../primitives/FormPage";
import { TextField } from "../primitives/TextField";
import { toApiResponseError } from "../sdk/errors";
import { useDates, useWords } from "../words/words";
import { type Action, useAction } from "./action";
import { problemOf, sentenceOf } from "./failure";
import { providerName, useFlowActions } from "./flows";
import { spokenName } from "./instances";
import { Place } from "./Place";

/** While an attempt is out in the browser: what is waited for, and every way on from here. */
export function FlowStep({ instance, flow }: { instance: InstanceView; flow: FlowView }) {
  const words = useWords();
  const panel = useFlowPanel(flow);
  return (
    <FormPage
      // A question is another step than waiting.
      key={flow.state.type === "asking" ? "asking" : "waiting"}
      place={<Place instance={instance} />}
      title={titleOf(flow, words)}
      onBack={panel.cancel}
      onSubmit={panel.submit}
    >
      <FlowBody instance={instance} flow={flow} panel={panel} />
    </FormPage>
  );
}

/** The same as a part of a screen, where several may wait beside one another. */
export function FlowPanel({ instance, flow }: { instance: InstanceView; flow: FlowView }) {
  const words = useWords();
  const panel = useFlowPanel(flow);
  return (
    <section className="flow-panel" aria-label={providerName(instance, flow.strategy)}>
      <form
        className="stack gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          panel.submit();
        }}
      >
        <h3>{titleOf(flow, words)}</h3>
        <FlowBody instance={instance} flow={flow} panel={panel} />
      </form>
    </section>
  );
}

function titleOf(flow: FlowView, words: ReturnType<typeof useWords>): string {
  switch (flow.state.type) {
    case "asking":
      return words.browser.askTitle(flow.host);
    case "returning":
    case "ended":
      return words.browser.returning;
    case "unopened":
    case "waiting":
      return words.browser.title;
  }
}

interface FlowPanelState {
  pasting: boolean;
  address: string;
  /** What is wrong with the pasted address. */
  error: string | null;
  /** What was done last, or why it could not be done. */
  said: { text: string; failed: boolean } | null;
  action: Action;
  edit: (address: string) => void;
  beginPaste: () => void;
  cancel: () => void;
  openAgain: () => void;
  trustHost: () => void;
  copyLink: () => void;
  /** Sends the pasted address, or answers the question whether to open. */
  submit: () => void;
}

function useFlowPanel(flow: FlowView): FlowPanelState {
  const words = useWords();
  const flows = useFlowActions();
  const action = useAction();
  const [pasting, setPasting] = useState(false);
  const [address, setAddress] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState<FlowPanelState["said"]>(null);
  const { id } = flow;

  const tell = (work: Promise<void>, done: string | null) => {
    setSaid(null);
    work.then(
      () => {
        if (done !== null) setSaid({ text: done, failed: false });
      },
      (refusal: unknown) => {
        setSaid({ text: sentenceOf(toApiResponseError(refusal), words), failed: true });
      },
    );
  };
  const trustHost = () => {
    tell(flows.trustHost(id), null);
  };

  return {
    pasting,
    address,
    error,
    said,
    action,
    edit: (text) => {
      setAddress(text);
      setError(null);
    },
    beginPaste: () => {
      setSaid(null);
      setPasting(true);
    },
    cancel: () => {
      action.cancel();
      tell(flows.cancel(id), null);
    },
    openAgain: () => {
      tell(flows.open(id), null);
    },
    trustHost,
    copyLink: () => {
      tell(flows.copyLink(id), words.browser.linkCopied);
    },
    submit: () => {
      if (flow.state.type === "asking") {
        trustHost();
        return;
      }
      if (!pasting || action.busy) return;
      if (!address.trim()) {
        setError(words.browser.pasteMissing);
        return;
      }
      action.run(() => flows.paste(id, address), {
        done: () => {
          setAddress("");
        },
        failed: (refusal) => {
          setError(sentenceOf(refusal, words));
        },
      });
    },
  };
}

function FlowBody({
  instance,
  flow,
  panel,
}: {
  instance: InstanceView;
  flow: FlowView;
  panel: FlowPanelState;
}) {
  const words = useWords();
  const dates = useDates();
  const name = spokenName(instance, words);
  const provider = providerName(instance, flow.strategy);
  const { state } = flow;

  if (state.type === "asking") {
    return (
      <>
        <p className="wrap">{words.browser.askLead(name, flow.host)}</p>
        <div className="panel-buttons">
          <Button onClick={panel.cancel}>{words.actions.cancel}</Button>
          <Button look="primary" type="submit">
            {words.browser.askGo}
          </Button>
        </div>
        <Said said={panel.said} />
      </>
    );
  }
  if (state.type === "returning" || state.type === "ended") {
    const problem = state.type === "returning" ? state.problem : null;
    return (
      <>
        <p role="status">{words.browser.returningBody(name)}</p>
        {problem && (
          <Banner tone="warning">
            <p>{problemOf(problem, words)}</p>
            <p>{words.browser.returningLater}</p>
          </Banner>
        )}
        <div className="panel-buttons">
          <Button onClick={panel.cancel}>{words.actions.cancel}</Button>
        </div>
        <Said said={panel.said} />
      </>
    );
  }
  return (
    <>
      {state.type === "unopened" ? (
        <Banner tone="warning" title={words.browser.unopened}>
          <p>{words.browser.unopenedBody(state.detail)}</p>
        </Banner>
      ) : (
        <div role="status" className="stack gap-1">
          <p className="wrap">{words.browser.lead(provider, flow.host)}</p>
          <p className="quiet tabular">
            {words.browser.waitingUntil(dates.time(new Date(flow.expires_at)))}
          </p>
        </div>
      )}
      <div className="panel-buttons even-rows">
        <Button onClick={panel.cancel}>{words.actions.cancel}</Button>
        <Button onClick={panel.copyLink}>{words.browser.copyLink}</Button>
        {!panel.pasting && <Button onClick={panel.beginPaste}>{words.browser.paste}</Button>}
        <Button look={panel.pasting ? "secondary" : "primary"} onClick={panel.openAgain}>
          {words.browser.openAgain}
        </Button>
      </div>
      <Said said={panel.said} />
      {panel.pasting && <PasteField panel={panel} />}
    </>
  );
}

function PasteField({ panel }: { panel: FlowPanelState }) {
  const words = useWords();
  const [field, setField] = useState<HTMLDivElement | null>(null);
  const focus = useEffectEvent(() => {
    field?.querySelector("input")?.focus();
  });
  // When it comes, and when what was pasted is no good.
  useEffect(() => {
    focus();
  }, [field, panel.error]);
  return (
    <div ref={setField} className="stack gap-2">
      <TextField
        label={words.browser.pasteLabel}
        name="address"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        value={panel.address}
        error={panel.error ?? undefined}
        hint={words.browser.pasteHint}
        onValue={panel.edit}
      />
      <div className="panel-buttons">
        <Button look="primary" type="submit" pending={panel.action.pending}>
          {words.browser.pasteGo}
        </Button>
      </div>
    </div>
  );
}

function Said({ said }: { said: FlowPanelState["said"] }) {
  return (
    <p role="status" className={said ? (said.failed ? "field-error" : "quiet") : "only-read-aloud"}>
      {said?.text ?? ""}
    </p>
  );
}
