import type { ClientView } from "../bridge/ClientView";
import type { Environment } from "../bridge/Environment";
import type { InstanceView } from "../bridge/InstanceView";
import type { SavedPassword } from "../bridge/SavedPassword";
import type { SessionView } from "../bridge/SessionView";
import type { SignIn } from "../bridge/SignIn";
import type { SignUp } from "../bridge/SignUp";
import type { SystemGesture } from "../bridge/SystemGesture";
import { ApiResponseError, intent } from "./errors";
import { SessionResource } from "./resources/session";
import { SignInResource } from "./resources/sign-in";
import { SignUpResource } from "./resources/sign-up";
import type { UserResource } from "./resources/user";
import type { SnapshotStore } from "./store";

/** How far loading has come, in the protocol's words. */
export type ClientStatus = "loading" | "ready" | "degraded" | "error";

/** This app at one instance: its sessions and its attempts. */
export interface ClientResource {
  id: string | undefined;
  sessions: SessionResource[];
  signIn: SignInResource;
  signUp: SignUpResource;
  lastActiveSessionId: string | null;
  createdAt: Date | null;
  updatedAt: Date | null;
}

/** Everything the hooks read, replaced as a whole when any of it changes. */
export interface InstanceState {
  status: ClientStatus;
  loaded: boolean;
  environment: Environment | null;
  /** Undefined until loaded. */
  client: ClientResource | undefined;
  /** Undefined until loaded, null when signed out here. */
  session: SessionResource | null | undefined;
  user: UserResource | null | undefined;
  /** Whether a password is kept on this device for the instance. */
  savedPassword: SavedPassword;
  /** What the system recognises the person by in place of a PIN. */
  gesture: SystemGesture | null;
}

/** What is known of a password before the app has said anything. */
const UNKNOWN: SavedPassword = { type: "unknown" };

export interface SetActiveParams {
  /** Which session to show; null shows none; left out keeps the one shown. */
  session?: string | SessionResource | null;
  organization?: string | { id: string } | null;
  /** Called once the change has been made. */
  navigate?: (params: { session: SessionResource | null }) => void | Promise<void>;
}

export interface SignOutOptions {
  /** Which session; left out signs every session of the instance out. */
  sessionId?: string;
}

export type SetActive = (params: SetActiveParams) => Promise<void>;

/** The object that `useClerk` returns: one instance as code written for Clerk's SDKs expects it. */
export class InstanceClient {
  readonly store: SnapshotStore;
  readonly instance: string;

  #view: InstanceView | undefined;
  #activeSession: string | null = null;
  #gesture: SystemGesture | null = null;
  #state: InstanceState | undefined;
  #clientView: ClientView | null | undefined;
  #client: ClientResource | undefined;
  readonly #sessions = new WeakMap<SessionView, SessionResource>();
  readonly #signIns = new WeakMap<SignIn, SignInResource>();
  readonly #signUps = new WeakMap<SignUp, SignUpResource>();

  constructor(store: SnapshotStore, instance: string) {
    this.store = store;
    this.instance = instance;
  }

  /** The same object until something of this instance changes. */
  getState = (): InstanceState => {
    const snapshot = this.store.getSnapshot();
    const view = snapshot.instances.find((candidate) => candidate.id === this.instance);
    const active = snapshot.active?.instance === this.instance ? snapshot.active.session : null;
    const { gesture } = snapshot.passkeys;
    if (!this.#state || view !== this.#view || active !== this.#activeSession || gesture !== this.#gesture) {
      this.#view = view;
      this.#activeSession = active;
      this.#gesture = gesture;
      this.#state = { ...this.#build(view, active), gesture };
    }
    return this.#state;
  };

  get status(): ClientStatus {
    return this.getState().status;
  }

  get loaded(): boolean {
    return this.getState().loaded;
  }

  get client(): ClientResource | undefined {
    return this.getState().client;
  }

  get session(): SessionResource | null | undefined {
    return this.getState().session;
  }

  get user(): UserResource | null | undefined {
    return this.getState().user;
  }

  get isSignedIn(): boolean {
    return Boolean(this.getState().session);
  }

  get publishableKey(): string {
    this.getState();
    return this.#view?.publishable_key ?? "";
  }

  /** Calls back at every change; the returned function stops it. */
  addListener(
    listener: (resources: Pick<InstanceState, "client" | "session" | "user">) => void,
  ): () => void {
    let last = this.getState();
    return this.store.subscribe(() => {
      const next = this.getState();
      if (next === last) return;
      last = next;
      listener(next);
    });
  }

  /** Asks the instance again, after an error. */
  async load(): Promise<void> {
    await intent(this.store.bridge.instance({ type: "reload", instance: this.instance }));
  }

  /** Asks for an invitation, where people sign up by the waitlist. */
  async joinWaitlist({ emailAddress }: { emailAddress: string }): Promise<{ id: string }> {
    const { id } = await intent(
      this.store.bridge.signUp({
        type: "join_waitlist",
        instance: this.instance,
        email_address: emailAddress,
      }),
    );
    return { id };
  }

  setActive: SetActive = async ({ session, organization, navigate }) => {
    if (organization) {
      throw new ApiResponseError({
        kind: "refused",
        message: "This instance has no organizations that could be made active.",
        errors: [],
        status: null,
        trace_id: null,
        retry_after_seconds: null,
        said: null,
      });
    }
    if (session !== undefined) {
      const id = session === null ? null : typeof session === "string" ? session : session.id;
      await intent(
        this.store.bridge.account({
          type: "set_active",
          account: id === null ? null : { instance: this.instance, session: id },
        }),
      );
    }
    await navigate?.({ session: this.session ?? null });
  };

  signOut = async (
    callbackOrOptions?: (() => void | Promise<void>) | SignOutOptions,
    maybeOptions?: SignOutOptions,
  ): Promise<void> => {
    const callback = typeof callbackOrOptions === "function" ? callbackOrOptions : undefined;
    const options =
      typeof callbackOrOptions === "function" ? maybeOptions : (callbackOrOptions ?? maybeOptions);
    await intent(
      this.store.bridge.account({
        type: "sign_out",
        instance: this.instance,
        ...(options?.sessionId !== undefined && { session: options.sessionId }),
      }),
    );
    await callback?.();
  };

  #build(view: InstanceView | undefined, active: string | null): Omit<InstanceState, "gesture"> {
    const status: ClientStatus = view?.status ?? "loading";
    if (!view || status === "loading" || status === "error") {
      return {
        status,
        loaded: false,
        environment: view?.environment ?? null,
        client: undefined,
        session: undefined,
        user: undefined,
        savedPassword: view?.saved_password ?? UNKNOWN,
      };
    }
    const client = this.#readClient(view.client);
    const session =
      client.sessions.find(
        (candidate) =>
          candidate.id === active &&
          (candidate.status === "active" || candidate.status === "pending"),
      ) ?? null;
    return {
      status,
      loaded: true,
      environment: view.environment,
      client,
      session,
      user: session ? session.user : null,
      savedPassword: view.saved_password,
    };
  }

  #readClient(raw: ClientView | null): ClientResource {
    if (this.#client && raw === this.#clientView) return this.#client;
    this.#clientView = raw;
    const { bridge } = this.store;
    this.#client = {
      id: raw?.id,
      sessions: (raw?.sessions ?? []).map((session) =>
        remember(
          this.#sessions,
          session,
          () => new SessionResource(session, this.instance, bridge),
        ),
      ),
      signIn: remember(
        this.#signIns,
        raw?.sign_in,
        () => new SignInResource(raw?.sign_in ?? null, this.instance, bridge),
      ),
      signUp: remember(
        this.#signUps,
        raw?.sign_up,
        () => new SignUpResource(raw?.sign_up ?? null, this.instance, bridge),
      ),
      lastActiveSessionId: raw?.last_active_session_id ?? null,
      createdAt: raw ? new Date(raw.created_at) : null,
      updatedAt: raw ? new Date(raw.updated_at) : null,
    };
    return this.#client;
  }
}

/** Makes the resource of a wire object once; an absent one gets a fresh, empty resource. */
function remember<K extends object, V>(
  cache: WeakMap<K, V>,
  key: K | null | undefined,
  make: () => V,
): V {
  if (!key) return make();
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  return made;
}
