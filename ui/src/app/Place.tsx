import type { InstanceView } from "../bridge/InstanceView";
import { ComputerIcon } from "../primitives/icons";

/** The instance's name above a form. For an instance elsewhere its host too, which is what cannot be made up. */
export function Place({ instance }: { instance: InstanceView }) {
  if (instance.kind === "local") {
    return (
      <>
        <ComputerIcon />
        <span>{instance.name}</span>
      </>
    );
  }
  return (
    <span>
      {instance.name} · <span className="mono">{instance.host}</span>
    </span>
  );
}
