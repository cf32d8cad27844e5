import { createContext, type ReactNode, useContext, useMemo, useReducer } from "react";

/** Screens that can lie above the home screen, which is the active account or Welcome. */
export type Screen =
  | { name: "welcome" }
  | { name: "connect" }
  | { name: "sign-up"; instance: string; email?: string }
  | { name: "sign-in"; instance: string; email?: string }
  | { name: "manage"; instance: string }
  | { name: "outbox" }
  | { name: "settings" }
  | { name: "passphrase" };

/** A screen with an identity of its own, so that what was typed in it stays while it is covered. */
export interface StackedScreen {
  key: number;
  screen: Screen;
}

type Move =
  | { type: "open"; screen: Screen }
  | { type: "replace"; screen: Screen }
  | { type: "back" }
  | { type: "home" };

interface Stack {
  next: number;
  screens: StackedScreen[];
}

/** The moves as a pure function: what is opened twice is uncovered instead of piled up. */
export function moveThrough(stack: Stack, move: Move): Stack {
  switch (move.type) {
    case "open": {
      const known = stack.screens.findIndex((entry) => same(entry.screen, move.screen));
      if (known >= 0) return { ...stack, screens: stack.screens.slice(0, known + 1) };
      return push(stack, stack.screens, move.screen);
    }
    case "replace":
      return push(stack, stack.screens.slice(0, -1), move.screen);
    case "back":
      return { ...stack, screens: stack.screens.slice(0, -1) };
    case "home":
      return { ...stack, screens: [] };
  }
}

function push(stack: Stack, below: StackedScreen[], screen: Screen): Stack {
  return { next: stack.next + 1, screens: [...below, { key: stack.next, screen }] };
}

/** Whether a screen that is open is the one asked for; one that was opened for somebody else is not. */
function same(open: Screen, asked: Screen): boolean {
  if (open.name !== asked.name) return false;
  if (!("instance" in open) || !("instance" in asked)) return true;
  const email = (screen: Screen) => ("email" in screen ? screen.email : undefined);
  return open.instance === asked.instance && (email(asked) === undefined || email(open) === email(asked));
}

export interface Navigation {
  screens: StackedScreen[];
  open: (screen: Screen) => void;
  /** Goes to a screen in place of the one shown. */
  replace: (screen: Screen) => void;
  back: () => void;
  home: () => void;
}

const NavigationContext = createContext<Navigation | null>(null);

/** Holds where in the app the person is. */
export function NavigationProvider({
  initial = [],
  children,
}: {
  initial?: Screen[];
  children: ReactNode;
}) {
  const [stack, move] = useReducer(moveThrough, initial, (screens) => ({
    next: screens.length,
    screens: screens.map((screen, key) => ({ key, screen })),
  }));
  const value = useMemo<Navigation>(
    () => ({
      screens: stack.screens,
      open: (screen) => move({ type: "open", screen }),
      replace: (screen) => move({ type: "replace", screen }),
      back: () => move({ type: "back" }),
      home: () => move({ type: "home" }),
    }),
    [stack],
  );
  return <NavigationContext value={value}>{children}</NavigationContext>;
}

/** Where the person is, and how to go elsewhere. */
export function useNavigation(): Navigation {
  const value = useContext(NavigationContext);
  if (!value) throw new Error("Screens can only be opened inside <NavigationProvider>.");
  return value;
}

const OnTopContext = createContext(true);

/** Tells a screen whether it is the one on top. */
export const OnTopProvider = OnTopContext;

/** Whether the screen that asks is the one on top. */
export function useOnTop(): boolean {
  return useContext(OnTopContext);
}
