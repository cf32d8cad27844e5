/**
 * The only door out of the window: six commands and two events, typed by the shapes that Rust exports.
 *
 * Everything else in the interface takes a {@link Bridge}, so that tests and previews can stand in for the app.
 */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { AccountAnswers } from "./AccountAnswers";
import type { AccountRequest } from "./AccountRequest";
import type { AppAnswers } from "./AppAnswers";
import type { AppRequest } from "./AppRequest";
import type { Go } from "./Go";
import type { InstanceAnswers } from "./InstanceAnswers";
import type { InstanceRequest } from "./InstanceRequest";
import type { SessionAnswers } from "./SessionAnswers";
import type { SessionRequest } from "./SessionRequest";
import type { SignInAnswers } from "./SignInAnswers";
import type { SignInRequest } from "./SignInRequest";
import type { SignUpAnswers } from "./SignUpAnswers";
import type { SignUpRequest } from "./SignUpRequest";
import type { Snapshot } from "./Snapshot";

/** A request of one kind out of a union. */
export type Of<Request extends { type: string }, Kind extends Request["type"]> = Extract<
  Request,
  { type: Kind }
>;

/** The app as the window sees it. Every promise rejects with an `IntentError`. */
export interface Bridge {
  signIn<K extends SignInRequest["type"]>(
    request: Of<SignInRequest, K> & { type: K },
  ): Promise<SignInAnswers[K]>;
  signUp<K extends SignUpRequest["type"]>(
    request: Of<SignUpRequest, K> & { type: K },
  ): Promise<SignUpAnswers[K]>;
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
  /** Calls back when the tray leads somewhere, until the returned function is called. */
  onGo(listener: (go: Go) => void): Promise<() => void>;
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
  onGo: (listener) =>
    listen<Go>("go", (event) => {
      listener(event.payload);
    }),
};
