import { useId } from "react";

import type { Action } from "../../app/action";
import { Button } from "../../primitives/Button";
import { useWords } from "../../words/words";

/** The way in by the password that is saved on this device, and whose that is. */
export function SavedPasswordButton({
  identifier,
  action,
  onPress,
}: {
  identifier: string;
  action: Action;
  onPress: () => void;
}) {
  const words = useWords();
  const whose = useId();
  return (
    <div className="stack gap-2">
      <Button wide pending={action.pending} aria-describedby={whose} onClick={onPress}>
        {words.saved.use}
      </Button>
      <p id={whose} className="field-note wrap">
        {words.saved.of(identifier)}
      </p>
    </div>
  );
}
