/**
 * The only door out of the window: six commands and one event, typed by the shapes that Rust exports.
 *
 * Everything else in the interface takes a {@link Bridge}, so that tests and previews can stand in for the app.
 */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { AccountRequest } from "./AccountRequest";
import type { ActiveSession } from "./ActiveSession";
import type { InstanceRequest } from "./InstanceRequest";
import type { KeyPreview } from "./KeyPreview";
import type { OutboxMessage } from "./OutboxMessage";
import type { SessionRequest } from "./SessionRequest";
import type { SignIn } from "./SignIn";
import type { SignInRequest } from "./SignInRequest";
import type { SignUp } from "./SignUp";
import type { SignUpRequest } from "./SignUpRequest";
import type { Snapshot } from "./Snapshot";
import type { User } from "./User";

/** Which colours the person chose; `system` follows the desktop. */
export type Theme = "system" | "light" | "dark";

/** What the app remembers about the window. */
export interface Preferences {
  theme: Theme;
}

/** How hard a password is to guess, 0 to 4, with words when there is something to say. */
export interface PasswordEstimate {
  score: number;
  warning: string | null;
  suggestion: string | null;
}

/** What can be asked of the app itself. */
export type AppRequest =
  | { type: "snapshot" }
  | { type: "preferences" }
  | { type: "set_preferences"; preferences: Preferences }
  | { type: "recheck_vault" }
  | { type: "diagnostics" }
  | { type: "estimate_password"; password: string; inputs: string[] }
  | { type: "copy"; text: string };

/** The answer to each {@link AppRequest}, by its type. */
export interface AppAnswers {
  snapshot: Snapshot;
  preferences: Preferences;
  set_preferences: unknown;
  recheck_vault: unknown;
  diagnostics: { text: string };
  estimate_password: PasswordEstimate;
  copy: unknown;
}

/** The answer to each account request, by its type. */
export interface AccountAnswers {
  set_active: unknown;
  sign_out: unknown;
  reload: User;
  update: User;
  active_sessions: ActiveSession[];
}

/** The answer to each session request, by its type. */
export interface SessionAnswers {
  token: { jwt: string };
  touch: unknown;
  end: unknown;
  remove: unknown;
}

/** The answer to each instance request, by its type. */
export interface InstanceAnswers {
  inspect: KeyPreview;
  add: { instance: string };
  remove: unknown;
  reload: unknown;
  outbox: OutboxMessage[];
}

/** A request of one kind out of a union. */
export type Of<Request extends { type: string }, Kind extends Request["type"]> = Extract<
  Request,
  { type: Kind }
>;

/** The app as the window sees it. Every promise rejects with an `IntentError`. */
export interface Bridge {
  signIn(request: SignInRequest): Promise<SignIn>;
  signUp(request: SignUpRequest): Promise<SignUp>;
  session<K extends SessionRequest["type"]>(
    request: Of<SessionRequest, K> & { type: K },
  ): Promise<SessionAnswers[K]>;
  account<K extends AccountRequest["type"]>(
    request: Of<AccountRequest, K> & { type: K },
  ): Promise<AccountAnswers[K]>;
  instance<K extends InstanceRequest["type"]>(
    request: Of<InstanceRequest, K> & { type: K },
  ): Promise<InstanceAnswers[K]>;
  app<K extends AppRequest["type"]>(
    request: Of<AppRequest, K> & { type: K },
  ): Promise<AppAnswers[K]>;
  /** Calls back at every change of the app's state until the returned function is called. */
  onSnapshot(listener: (snapshot: Snapshot) => void): Promise<() => void>;
}

/** The bridge of the real window. */
export const tauriBridge: Bridge = {
  signIn: (request) => invoke("sign_in", { request }),
  signUp: (request) => invoke("sign_up", { request }),
  session: (request) => invoke("session", { request }),
  account: (request) => invoke("account", { request }),
  instance: (request) => invoke("instance", { request }),
  app: (request) => invoke("app", { request }),
  onSnapshot: (listener) =>
    listen<Snapshot>("snapshot", (event) => {
      listener(event.payload);
    }),
};
