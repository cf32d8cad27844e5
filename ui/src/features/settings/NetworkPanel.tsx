import { plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useNetwork } from "../../app/network";
import type { NetworkView } from "../../bridge/NetworkView";
import { Banner } from "../../primitives/Banner";
import { Button } from "../../primitives/Button";
import { Skeleton } from "../../primitives/Skeleton";
import { useWords } from "../../words/words";
import { AuthoritiesList } from "./AuthoritiesList";
import { ProxyChooser } from "./ProxyChooser";
import { ReachList } from "./ReachList";

/** How the app gets to instances elsewhere: through which proxy, trusting whom, and whether they are reached. */
export function NetworkPanel() {
  const words = useWords();
  const room = useNetwork();
  switch (room.network.state) {
    case "loading":
      return <Skeleton height={200} />;
    case "failed":
      return (
        <FailureNote
          failure={plainFailure(room.network.error, words)}
          action={<Button onClick={room.again}>{words.actions.retry}</Button>}
        />
      );
    case "ready":
      return (
        <div className="stack gap-4">
          <InUse network={room.network.network} />
          <ProxyChooser network={room.network.network} setProxy={room.setProxy} />
          <AuthoritiesList
            authorities={room.network.network.authorities}
            add={room.addAuthorities}
            remove={room.removeAuthority}
          />
          <ReachList />
        </div>
      );
  }
}

/** The proxy that is in use, and who named it. */
function InUse({ network: { proxy, script } }: { network: NetworkView }) {
  const words = useWords().network;
  return (
    <div className="stack gap-2">
      {proxy ? (
        <div>
          <p>{words.uses(proxy.address)}</p>
          <p className="quiet">
            {proxy.source === "environment"
              ? words.sources.environment(proxy.variable ?? "")
              : words.sources[proxy.source]}
          </p>
          {proxy.exceptions && <p className="quiet">{words.exceptFor(proxy.exceptions)}</p>}
        </div>
      ) : (
        <p>{words.noProxy}</p>
      )}
      {script !== null && (
        <Banner tone="warning" title={words.scriptTitle}>
          <p>{script ? words.scriptAt(script) : words.scriptAnywhere}</p>
          <p>{words.scriptAdvice}</p>
        </Banner>
      )}
    </div>
  );
}
