import type { InstanceView } from "../bridge/InstanceView";
import { SlowNote } from "../primitives/FormPage";
import { useWords } from "../words/words";
import type { Action } from "./action";
import { spokenName } from "./instances";

/** Says which instance a step waits for once that takes long, with the way out. */
export function WaitingNote({
  instance,
  action,
  onCancel = action.cancel,
}: {
  instance: InstanceView;
  action: Action;
  onCancel?: () => void;
}) {
  const words = useWords();
  return (
    <SlowNote
      waiting={action.waiting}
      name={spokenName(instance, words)}
      onCancel={onCancel}
    />
  );
}
