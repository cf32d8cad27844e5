import { InstanceProblem } from "../../app/InstanceGate";
import { plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { useInstances, useOutbox } from "../../app/instances";
import { useNavigation, useOnTop } from "../../app/navigation";
import type { InstanceView } from "../../bridge/InstanceView";
import { BackButton } from "../../primitives/BackButton";
import { Button } from "../../primitives/Button";
import { TrayIcon } from "../../primitives/icons";
import { Skeleton } from "../../primitives/Skeleton";
import { useWords } from "../../words/words";
import { Message } from "./Message";

/** What the instance on this computer would have sent, newest first; new messages come by themselves. */
export function OutboxScreen() {
  const words = useWords();
  const { back } = useNavigation();
  const { local } = useInstances();
  return (
    <div className="page">
      <header className="page-top">
        <BackButton onBack={back} />
        <h1 tabIndex={-1}>{words.outbox.title}</h1>
        <p className="quiet">{words.outbox.lead}</p>
      </header>
      {local ? <Messages instance={local} /> : <p className="panel">{words.outbox.none}</p>}
    </div>
  );
}

function Messages({ instance }: { instance: InstanceView }) {
  const words = useWords();
  const onTop = useOnTop();
  const answers = instance.status === "ready" || instance.status === "degraded";
  const { outbox, refresh } = useOutbox(instance.id, onTop && answers);

  if (instance.status === "error") return <InstanceProblem instance={instance} />;
  switch (outbox.state) {
    case "loading":
      return (
        <div className="page-column">
          <Skeleton height={164} />
          <Skeleton height={164} />
        </div>
      );
    case "failed":
      return (
        <FailureNote
          failure={plainFailure(outbox.error, words)}
          action={<Button onClick={refresh}>{words.actions.retry}</Button>}
        />
      );
    case "ready": {
      const [newest] = outbox.messages;
      return (
        <>
          <p role="status" className="only-read-aloud">
            {newest && words.outbox.newest(newest.subject, newest.to)}
          </p>
          {newest ? (
            <ul className="page-column">
              {outbox.messages.map((message) => (
                <Message key={message.id} message={message} />
              ))}
            </ul>
          ) : (
            <div className="panel empty">
              <TrayIcon />
              <h2>{words.outbox.empty}</h2>
              <p className="quiet">{words.outbox.emptyBody}</p>
            </div>
          )}
        </>
      );
    }
  }
}
