import type { InstanceView } from "../bridge/InstanceView";
import { ComputerIcon } from "../primitives/icons";
import { useWords } from "../words/words";

/** The instance's name above a form. For an instance elsewhere its host too, which is what cannot be made up. */
export function Place({ instance }: { instance: InstanceView }) {
  const words = useWords();
  if (instance.kind === "local") {
    return (
      <>
        <ComputerIcon />
        <span>{words.instance.localName}</span>
      </>
    );
  }
  return (
    <span>
      {instance.name !== instance.host && `${instance.name} · `}
      <span className="mono">{instance.host}</span>
    </span>
  );
}
