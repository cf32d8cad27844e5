import { useEffect, useEffectEvent, useRef, useState } from "react";

import { useSnapshot } from "../app/context";
import { type Screen, useNavigation } from "../app/navigation";
import type { FlowView } from "../bridge/FlowView";

/**
 * Leads to where an attempt goes on that was out in the browser: at a start that finds one waiting, when it comes back,
 * and when it has ended. Whoever has gone elsewhere meanwhile is led back once for each: what came back may have been
 * made up, or another one's, and then the end is still to come.
 */
export function useFlowGuide(top: Screen | undefined): void {
  const { revision, flows, active } = useSnapshot();
  const { open } = useNavigation();
  const led = useRef(new Set<string>());
  const [openedAt] = useState(() => Date.now());

  const guide = useEffectEvent((all: FlowView[]) => {
    for (const flow of all) {
      const { type } = flow.state;
      const back = type === "ended" || type === "returning";
      const left = flow.begun_at < openedAt;
      const occasion = `${flow.id} ${back ? type : "left"}`;
      if (led.current.has(occasion) || !(back || left)) continue;
      led.current.add(occasion);
      const screen = screenOf(flow, active?.session);
      if (screen && !isAt(top, screen)) open(screen);
    }
  });
  useEffect(() => {
    if (revision >= 0) guide(flows);
  }, [revision, flows]);
}

function screenOf({ instance, purpose }: FlowView, shown: string | undefined): Screen | null {
  switch (purpose.type) {
    case "sign_in":
      return { name: "sign-in", instance };
    case "sign_up":
      return { name: "sign-up", instance };
    case "connect":
      // Of another account than the one on screen, nothing is to be done now.
      return purpose.session === shown ? { name: "manage", instance } : null;
  }
}

/** Whether a screen is there, or the other one of the two that deal with attempts. */
function isAt(top: Screen | undefined, screen: Screen): boolean {
  if (!top || !("instance" in top) || !("instance" in screen) || top.instance !== screen.instance) {
    return false;
  }
  const attempt = ["sign-in", "sign-up"];
  return top.name === screen.name || (attempt.includes(top.name) && attempt.includes(screen.name));
}
