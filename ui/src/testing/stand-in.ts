import type { CeremonyView } from "../bridge/CeremonyView";
import type { Bridge } from "../bridge/commands";
import type { Go } from "../bridge/Go";
import type { NetworkView } from "../bridge/NetworkView";
import type { Snapshot } from "../bridge/Snapshot";

/** A network without anything set. */
export const NETWORK: NetworkView = {
  choice: { type: "system" },
  password_kept: false,
  proxy: null,
  script: null,
  authorities: [],
};

/** A request as a command of the app gets it. */
export interface Request {
  type: string;
  [field: string]: unknown;
}

export type Room = "sign_in" | "sign_up" | "session" | "account" | "instance" | "app";
export type Answer = (request: Request) => unknown;

/** A promise that a test settles when it wants to. */
export interface Held<T> {
  promise: Promise<T>;
  answer: (value: T) => void;
  refuse: (error: unknown) => void;
}

export function held<T = unknown>(): Held<T> {
  let answer!: (value: T) => void;
  let refuse!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    refuse = reject;
  });
  return { promise, answer, refuse };
}

/**
 * Stands where the app is behind the window: keeps a snapshot, writes down what it is asked, and answers as it is told.
 *
 * A request that nobody taught it an answer to is refused, so that a test notices.
 */
export class StandIn {
  readonly calls: { room: Room; request: Request }[] = [];
  #snapshot: Snapshot;
  readonly #answers = new Map<string, Answer>();
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #goers = new Set<(go: Go) => void>();

  // Each answer is typed by its request, which answers taught by a test cannot be.
  readonly bridge = {
    signIn: (request: Request) => this.#take("sign_in", request),
    signUp: (request: Request) => this.#take("sign_up", request),
    session: (request: Request) => this.#take("session", request),
    account: (request: Request) => this.#take("account", request),
    instance: (request: Request) => this.#take("instance", request),
    app: (request: Request) => this.#take("app", request),
    onSnapshot: (listener: (snapshot: Snapshot) => void) => {
      this.#listeners.add(listener);
      return Promise.resolve(() => {
        this.#listeners.delete(listener);
      });
    },
    onGo: (listener: (go: Go) => void) => {
      this.#goers.add(listener);
      return Promise.resolve(() => {
        this.#goers.delete(listener);
      });
    },
  } as unknown as Bridge;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.on("app.snapshot", () => this.#snapshot);
    this.on("app.preferences", () => ({
      theme: "system",
      language: "system",
      after_sign_out: "choose",
      keep_running: false,
      notices: true,
      start_at_login: false,
      programs: false,
      tools: false,
      by_port: false,
      lock_after: 5,
    }));
    this.on("app.set_preferences", () => null);
    this.on("app.speak", () => null);
    this.on("app.present", () => null);
    this.on("app.recheck_vault", () => null);
    this.on("app.unlock_vault", () => null);
    this.on("app.lock_vault", () => null);
    this.on("app.move_to_passphrase", () => null);
    this.on("app.move_to_keychain", () => null);
    this.on("app.change_passphrase", () => null);
    this.on("app.authenticators", () => [{ kind: "this_device", unready: null }]);
    this.on("app.answer_passkey_pin", () => null);
    this.on("app.choose_passkey_account", () => null);
    this.on("app.cancel_passkey", () => {
      this.change({ passkeys: { ...this.#snapshot.passkeys, ceremony: null } });
      return null;
    });
    this.on("app.lock", () => {
      this.change({ lock: this.#snapshot.lock === "open" ? "shut" : this.#snapshot.lock });
      return null;
    });
    this.on("app.copy", () => null);
    this.on("app.copy_flow_link", () => null);
    this.on("app.copy_tool_lines", () => null);
    this.on("instance.cancel_flow", ({ flow }) => {
      this.change({ flows: this.#snapshot.flows.filter(({ id }) => id !== flow) });
      return null;
    });
    this.on("instance.open_flow", () => null);
    this.on("instance.trust_flow_host", () => null);
    this.on("app.network", () => NETWORK);
    this.on("app.diagnostics", () => ({ text: "Frontdesk 0.1.0" }));
    this.on("app.estimate_password", () => ({ score: 3, warning: null, suggestion: null }));
    this.on("account.set_active", ({ account }) => {
      this.change({ active: account as Snapshot["active"] });
      return null;
    });
    this.on("account.active_sessions", () => []);
    this.on("instance.outbox", () => []);
    this.on("instance.reload", () => null);
    this.on("instance.leave_attempt", () => null);
    this.on("instance.picture", () => null);
    this.on("instance.rename", ({ instance, name }) => {
      const renamed = this.#snapshot.instances.map((view) =>
        view.id === instance ? { ...view, name: String(name), own_name: true } : view,
      );
      this.change({ instances: renamed });
      return null;
    });
    this.on("instance.move", ({ instance, to }) => {
      const moved = this.#snapshot.instances.filter(({ id }) => id === instance);
      const others = this.#snapshot.instances.filter(({ id }) => id !== instance);
      this.change({ instances: others.toSpliced(Number(to), 0, ...moved) });
      return null;
    });
  }

  /** Teaches the answer to one kind of request, such as `sign_up.create`. */
  on(kind: `${Room}.${string}`, answer: Answer): this {
    this.#answers.set(kind, answer);
    return this;
  }

  /** The requests of one kind, in order. */
  asked(kind: `${Room}.${string}`): Request[] {
    return this.calls
      .filter(({ room, request }) => `${room}.${request.type}` === kind)
      .map(({ request }) => request);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Leads the window to a place, as the tray does. */
  go(to: Go): void {
    for (const listener of this.#goers) listener(to);
  }

  /** Begins or goes on with a ceremony, or ends it, and tells the window. */
  hold(ceremony: CeremonyView | null): void {
    this.change({ passkeys: { ...this.#snapshot.passkeys, ceremony } });
  }

  /** Changes the state, and tells the window. */
  change(over: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...over, revision: this.#snapshot.revision + 1 };
    for (const listener of this.#listeners) listener(this.#snapshot);
  }

  #take(room: Room, request: Request): Promise<unknown> {
    this.calls.push({ room, request });
    const answer = this.#answers.get(`${room}.${request.type}`);
    return new Promise((resolve) => {
      if (!answer) throw new Error(`Nobody taught the stand-in to answer ${room}.${request.type}.`);
      resolve(answer(request));
    });
  }
}
