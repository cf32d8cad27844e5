import type { InstanceView } from "../bridge/InstanceView";
import { Avatar } from "../primitives/Avatar";
import { usePicture } from "./pictures";

/** The picture of somebody at an instance, or the first letters of their name. */
export function AccountAvatar({
  name,
  instance,
  picture,
  large = false,
}: {
  name: string;
  instance: InstanceView;
  /** Where the instance says that the picture is; null where there is none. */
  picture: string | null;
  large?: boolean;
}) {
  return <Avatar name={name} large={large} pixels={usePicture(instance, picture)} />;
}
