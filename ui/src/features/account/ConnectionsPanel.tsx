import { useEffect, useEffectEvent, useState } from "react";

import { useAction } from "../../app/action";
import { type Failure, plainFailure, problemOf } from "../../app/failure";
import { FlowFailure } from "../../app/FlowFailure";
import { FlowPanel } from "../../app/FlowStep";
import { type Provider, providerName, providersOf, useConnectFlows, useFlowActions } from "../../app/flows";
import { useVerified } from "../../app/Reverification";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import { ProviderIcon } from "../../primitives/ProviderIcon";
import type { ExternalAccountResource } from "../../sdk/resources/external-account";
import type { SessionResource } from "../../sdk/resources/session";
import type { UserResource } from "../../sdk/resources/user";
import { entryOf } from "../../words/entries";
import { useWords } from "../../words/words";

/** Whether there is anything to show: accounts elsewhere, or a provider of which one could be connected. */
export function hasConnections(user: UserResource, instance: InstanceView): boolean {
  return user.externalAccounts.length > 0 || providersOf(instance, "connect").length > 0;
}

/** The accounts of a user at identity providers: one more, once more, and away with one. */
export function ConnectionsPanel({
  user,
  session,
  instance,
}: {
  user: UserResource;
  session: SessionResource;
  instance: InstanceView;
}) {
  const words = useWords();
  const verified = useVerified();
  const action = useAction();
  const { cancel } = useFlowActions();
  const flows = useConnectFlows(instance.id, session.id);
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);

  // What ended is said until the next thing is done, or the panel goes away.
  const ended = flows.findLast((flow) => flow.state.type === "ended");
  const outcome = ended?.state.type === "ended" ? ended.state.outcome : null;
  const takeNote = useEffectEvent(() => {
    // Should that fail, it is said once more.
    if (ended) void cancel(ended.id).catch(() => undefined);
  });
  useEffect(
    () => () => {
      takeNote();
    },
    [],
  );
  const connectedNow =
    ended && outcome?.type === "connected"
      ? words.account.isConnected(providerName(instance, ended.strategy))
      : "";
  const endedBadly: Failure | null =
    outcome?.type === "failed"
      ? {
          message: problemOf(outcome.problem, words),
          code: outcome.problem.code,
          traceId: outcome.problem.trace_id,
        }
      : null;

  const run = (work: () => Promise<unknown>, done: string) => {
    setFailure(null);
    setSaid("");
    if (ended) void cancel(ended.id).catch(() => undefined);
    action.run(() => verified(work), {
      done: () => {
        setSaid(done);
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };
  const waiting = flows.filter((flow) => flow.state.type !== "ended");
  const open = new Set(waiting.map((flow) => flow.strategy));
  // What waits in the browser is shown as such, and not as an account that was left unfinished.
  const shown = user.externalAccounts.filter(
    (account) => account.verification?.status === "verified" || !open.has(account.strategy),
  );
  const taken = new Set([...shown.map((account) => account.strategy), ...open]);
  const offered = providersOf(instance, "connect").filter(({ strategy }) => !taken.has(strategy));

  return (
    <>
      {shown.length === 0 && waiting.length === 0 && (
        <p className="quiet">{words.account.connectionsNone}</p>
      )}
      {shown.length > 0 && (
        <ul className="rows">
          {shown.map((account) => (
            <Connection
              key={account.id}
              account={account}
              instance={instance}
              onReconnect={() => {
                run(() => account.reauthorize(), "");
              }}
              onDisconnect={(name) => {
                run(() => account.destroy(), words.account.isDisconnected(name));
              }}
            />
          ))}
        </ul>
      )}
      {waiting.map((flow) => (
        <FlowPanel key={flow.id} instance={instance} flow={flow} />
      ))}
      <FlowFailure instance={instance} failure={failure ?? endedBadly} />
      <p role="status" className={said || connectedNow ? "quiet" : "only-read-aloud"}>
        {said || connectedNow}
      </p>
      <WaitingNote instance={instance} action={action} />
      {offered.length > 0 && (
        <div className="panel-buttons">
          {offered.map((provider: Provider) => (
            <Button
              key={provider.strategy}
              onClick={() => {
                run(() => user.createExternalAccount({ strategy: provider.strategy }), "");
              }}
            >
              <ProviderIcon strategy={provider.strategy} name={provider.name} />
              {words.account.connect(provider.name)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

function Connection({
  account,
  instance,
  onReconnect,
  onDisconnect,
}: {
  account: ExternalAccountResource;
  instance: InstanceView;
  onReconnect: () => void;
  onDisconnect: (name: string) => void;
}) {
  const words = useWords();
  const provider = providerName(instance, account.strategy);
  const who = account.accountIdentifier();
  const name = who ? `${provider}, ${who}` : provider;
  const { verification } = account;
  const verified = verification?.status === "verified";
  const error = verification?.error;
  // Who was asked once more and did not agree has what they had before.
  const linked = verified || account.providerUserId !== "";
  const said = error && (entryOf(words.errors.byCode, error.code) ?? (error.longMessage || error.message));
  const reason = said ?? (verified && account.missingScopes ? words.account.scopesMissing(provider) : null);
  return (
    <li className="panel-row">
      <div className="stack">
        <p className="fact-line">
          <ProviderIcon strategy={account.strategy} name={provider} />
          <span>{provider}</span>
          {who && <span className="quiet wrap">{who}</span>}
          {!linked && (
            <span className="badge">
              {error ? words.account.notConnected : words.account.unfinished}
            </span>
          )}
        </p>
        {reason && <p className="quiet">{reason}</p>}
      </div>
      <div className="panel-buttons">
        {(!verified || reason) && (
          <Button aria-label={words.account.reconnectOf(name)} onClick={onReconnect}>
            {words.account.reconnect}
          </Button>
        )}
        <Button
          aria-label={words.account.disconnectOf(name)}
          onClick={() => {
            onDisconnect(provider);
          }}
        >
          {words.account.disconnect}
        </Button>
      </div>
    </li>
  );
}
