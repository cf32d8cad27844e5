import * as Collapsible from "@radix-ui/react-collapsible";

import { CopyButton } from "../../app/CopyButton";
import type { OutboxMessage } from "../../bridge/OutboxMessage";
import { ChevronIcon } from "../../primitives/icons";
import { useDates, useWords } from "../../words/words";

/** One kept message: its code large and ready to copy, the whole text on request. */
export function Message({ message }: { message: OutboxMessage }) {
  const words = useWords();
  const dates = useDates();
  const sent = new Date(message.created_at);
  return (
    <li className="panel message">
      <div className="message-head">
        <h2>
          <bdi>{message.subject}</bdi>
        </h2>
        <p className="quiet tabular">
          <span>{words.outbox.to(message.to)}</span>
          <time dateTime={sent.toISOString()}>{dates.dateTime(sent)}</time>
        </p>
      </div>
      {message.code === null ? (
        <pre className="message-body">{message.body}</pre>
      ) : (
        <>
          <div className="message-code-row">
            <span className="only-read-aloud">{words.outbox.code}</span>
            <span className="message-code selectable">{message.code}</span>
            <CopyButton text={message.code} label={words.outbox.copyCode} secret />
          </div>
          <Collapsible.Root>
            <Collapsible.Trigger className="details-toggle">
              <ChevronIcon />
              {words.outbox.message}
            </Collapsible.Trigger>
            <Collapsible.Content>
              <pre className="message-body">{message.body}</pre>
            </Collapsible.Content>
          </Collapsible.Root>
        </>
      )}
    </li>
  );
}
