import type { Bridge } from "../bridge/commands";
import type { Snapshot } from "../bridge/Snapshot";
import { share } from "./sharing";

/** What is shown until the app has answered for the first time. */
export const NOTHING_YET: Snapshot = {
  revision: -1,
  status: "loading",
  vault: { keeper: "keychain", state: "checking", store: "", detail: null },
  instances: [],
  flows: [],
  passkeys: { pin_chosen: false, gesture: null, keys: [], ceremony: null },
  lock: "off",
  redirect_url: "",
  active: null,
};

/**
 * The window's copy of the app's state.
 *
 * It listens first and asks second, so that no change falls between the two; a snapshot that is older than the one
 * shown is dropped, whichever way it came.
 */
export class SnapshotStore {
  readonly bridge: Bridge;
  #snapshot: Snapshot = NOTHING_YET;
  #listeners = new Set<() => void>();

  constructor(bridge: Bridge, initial?: Snapshot) {
    this.bridge = bridge;
    if (initial) this.#snapshot = initial;
  }

  /** Begins to follow the app; the returned function stops it. */
  start(): () => void {
    let stopped = false;
    let unlisten: (() => void) | undefined;
    const begin = async () => {
      const stop = await this.bridge.onSnapshot((snapshot) => {
        if (!stopped) this.accept(snapshot);
      });
      if (stopped) {
        stop();
        return;
      }
      unlisten = stop;
      this.accept(await this.bridge.app({ type: "snapshot" }));
    };
    begin().catch((error: unknown) => {
      console.error("The app's state could not be read.", error);
    });
    return () => {
      stopped = true;
      unlisten?.();
    };
  }

  /** Takes a snapshot unless it is older than the one shown. */
  accept(next: Snapshot): void {
    if (next.revision < this.#snapshot.revision) return;
    const shared = share(this.#snapshot, next);
    if (shared === this.#snapshot) return;
    this.#snapshot = shared;
    for (const listener of [...this.#listeners]) listener();
  }

  // Bound, since React calls them bare.
  getSnapshot = (): Snapshot => this.#snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}
