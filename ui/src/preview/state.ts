import type { ReactNode } from "react";

import type { Screen } from "../app/navigation";
import type { Switches } from "../app/preferences";
import type { StandIn } from "../testing/stand-in";
import type { Catalogue } from "../words/words";

/** One state of the window that can be opened directly, to be looked at and to be tested. */
export interface PreviewState {
  /** Its place in the address, such as `sign-up-empty`. */
  id: string;
  app: () => StandIn;
  /** What is on or off; the rest is as it is at first. */
  preferences?: Partial<Switches>;
  /** The screens that are open; none is the home screen. */
  initial?: Screen[];
  /** Draws the screen on top in its state, where the screen does not begin with it. */
  draw?: (words: Catalogue) => ReactNode;
  /** The accessible name of a button that is pressed once the state is drawn. */
  press?: (words: Catalogue) => string;
}
