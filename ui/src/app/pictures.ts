import { useEffect, useReducer } from "react";

import type { Bridge } from "../bridge/commands";
import type { InstanceView } from "../bridge/InstanceView";
import { intent } from "../sdk/errors";
import type { Pixels } from "../primitives/Avatar";
import { useBridge } from "./context";

/** Most pictures that are kept; the one that came first leaves first. */
const MOST = 64;

type Kept = Pixels | null | Promise<Pixels | null>;

const kept = new WeakMap<Bridge, Map<string, Kept>>();

/**
 * The picture behind an address that an instance wrote, once it is there; null until then and where there is none.
 *
 * A picture that did not come is asked for again when its instance answers again.
 */
export function usePicture(instance: InstanceView, url: string | null): Pixels | null {
  const bridge = useBridge();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const { id } = instance;
  const reachable = instance.status === "ready";

  useEffect(() => {
    if (url === null || !reachable) return;
    let gone = false;
    pictureOf(bridge, id, url).then(
      () => {
        if (!gone) redraw();
      },
      // The first letters stay.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [bridge, id, url, reachable]);

  const found = url === null ? null : kept.get(bridge)?.get(placeOf(id, url));
  return found === undefined || found instanceof Promise ? null : found;
}

async function pictureOf(bridge: Bridge, instance: string, url: string): Promise<Pixels | null> {
  const pictures = kept.get(bridge) ?? new Map<string, Kept>();
  kept.set(bridge, pictures);
  const place = placeOf(instance, url);
  const there = pictures.get(place);
  if (there !== undefined) return there;
  const coming = fetchPicture(bridge, instance, url);
  pictures.set(place, coming);
  try {
    const picture = await coming;
    pictures.set(place, picture);
    const [first] = pictures.keys();
    if (pictures.size > MOST && first !== undefined) pictures.delete(first);
    return picture;
  } catch (error) {
    pictures.delete(place);
    throw error;
  }
}

async function fetchPicture(bridge: Bridge, instance: string, url: string): Promise<Pixels | null> {
  const picture = await intent(bridge.instance({ type: "picture", instance, image_url: url }));
  if (!picture) return null;
  const bytes = Uint8ClampedArray.from(atob(picture.pixels), (letter) => letter.charCodeAt(0));
  // Anything else could not be drawn.
  return bytes.length === picture.side * picture.side * 4 ? { side: picture.side, bytes } : null;
}

function placeOf(instance: string, url: string): string {
  return `${instance} ${url}`;
}
