import type { AccountKey } from "../../bridge/AccountKey";
import type { Bridge } from "../../bridge/commands";
import type { SessionView } from "../../bridge/SessionView";
import { intent } from "../errors";
import { type AuthenticatorChoice, authenticatorOf } from "./passkey";
import { SessionVerificationResource, type VerificationLevel } from "./session-verification";
import type { AttemptFirstFactorParams, AttemptSecondFactorParams, PrepareFirstFactorParams, PrepareSecondFactorParams } from "./sign-in";
import { UserResource } from "./user";

/** Options of {@link SessionResource.getToken}. */
export interface GetTokenOptions {
  /** Name of a token template of the instance. */
  template?: string;
  /** For which organization; `null` for none. The active one unless told otherwise. */
  organizationId?: string | null;
  /** Ask the instance even when a fresh token is at hand. */
  skipCache?: boolean;
  /** How many seconds longer than usual a token at hand has to last. */
  leewayInSeconds?: number;
}

/** A signed-in session at one instance. The token itself stays outside the window until it is asked for. */
export class SessionResource {
  readonly id: string;
  readonly status: string;
  readonly expireAt: Date;
  readonly abandonAt: Date;
  readonly lastActiveAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Minutes since the first and the second factor; −1 is never. */
  readonly factorVerificationAge: [number, number] | null;
  readonly user: UserResource | null;
  /** The claims of the last session token, decoded for display. */
  readonly lastActiveTokenClaims: Record<string, unknown> | null;

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: SessionView, instance: string, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = { instance, session: raw.id };
    this.id = raw.id;
    this.status = raw.status;
    this.expireAt = new Date(raw.expire_at);
    this.abandonAt = new Date(raw.abandon_at);
    this.lastActiveAt = new Date(raw.last_active_at);
    this.createdAt = new Date(raw.created_at);
    this.updatedAt = new Date(raw.updated_at);
    const [first, second] = raw.factor_verification_age.map(Number);
    this.factorVerificationAge = first === undefined ? null : [first, second ?? -1];
    this.user = raw.user ? new UserResource(raw.user, this.#account, bridge) : null;
    this.lastActiveTokenClaims = raw.claims;
  }

  get lastActiveOrganizationId(): string | null {
    return activeOrganization(this.lastActiveTokenClaims)?.id ?? null;
  }

  /**
   * A session token (about a minute) or one made from a template, from memory while it is fresh. It is this session's,
   * whichever is shown when it arrives. An instance that cannot be reached rejects, and leaves everybody signed in.
   */
  async getToken(options: GetTokenOptions = {}): Promise<string | null> {
    const { template, organizationId, skipCache, leewayInSeconds } = options;
    const { jwt } = await intent(
      this.#bridge.session({
        type: "token",
        account: this.#account,
        ...(template === undefined ? {} : { template }),
        ...(organizationId === undefined ? {} : { organization_id: organizationId ?? "" }),
        skip_cache: skipCache ?? false,
        ...(leewayInSeconds === undefined ? {} : { leeway_in_seconds: Math.max(0, Math.ceil(leewayInSeconds)) }),
      }),
    );
    return jwt;
  }

  /** Tells the instance that the session is in use. */
  async touch(): Promise<this> {
    await intent(this.#bridge.session({ type: "touch", account: this.#account }));
    return this;
  }

  /** Begins to prove anew who this is. */
  async startVerification({ level }: { level: VerificationLevel }): Promise<SessionVerificationResource> {
    return new SessionVerificationResource(
      await intent(this.#bridge.session({ type: "start_verification", account: this.#account, level })),
    );
  }

  /** Has the instance send what the strategy of a first factor needs. */
  async prepareFirstFactorVerification(params: PrepareFirstFactorParams): Promise<SessionVerificationResource> {
    return new SessionVerificationResource(
      await intent(
        this.#bridge.session({
          type: "prepare_first_factor_verification",
          account: this.#account,
          strategy: params.strategy,
          ...(params.emailAddressId !== undefined && { email_address_id: params.emailAddressId }),
          ...(params.phoneNumberId !== undefined && { phone_number_id: params.phoneNumberId }),
        }),
      ),
    );
  }

  /** Proves the first factor anew. */
  async attemptFirstFactorVerification(params: AttemptFirstFactorParams): Promise<SessionVerificationResource> {
    return new SessionVerificationResource(
      await intent(
        this.#bridge.session({ type: "attempt_first_factor_verification", account: this.#account, ...params }),
      ),
    );
  }

  /** Proves the first factor anew by a passkey. Answers when all is done, which takes as long as the person takes. */
  async verifyWithPasskey(choice: AuthenticatorChoice = {}): Promise<SessionVerificationResource> {
    const authenticator = await authenticatorOf(choice, this.#bridge);
    return new SessionVerificationResource(
      await intent(this.#bridge.session({ type: "verify_with_passkey", account: this.#account, authenticator })),
    );
  }

  /** Has the instance send what the strategy of a second factor needs. */
  async prepareSecondFactorVerification(params: PrepareSecondFactorParams): Promise<SessionVerificationResource> {
    return new SessionVerificationResource(
      await intent(
        this.#bridge.session({
          type: "prepare_second_factor_verification",
          account: this.#account,
          strategy: params.strategy,
          ...(params.phoneNumberId !== undefined && { phone_number_id: params.phoneNumberId }),
        }),
      ),
    );
  }

  /** Proves the second factor anew. */
  async attemptSecondFactorVerification({
    strategy,
    code,
  }: AttemptSecondFactorParams): Promise<SessionVerificationResource> {
    return new SessionVerificationResource(
      await intent(
        this.#bridge.session({
          type: "attempt_second_factor_verification",
          account: this.#account,
          strategy,
          code,
        }),
      ),
    );
  }

  /** Ends the session; it stays in the client's list. */
  async end(): Promise<this> {
    await intent(this.#bridge.session({ type: "end", account: this.#account }));
    return this;
  }

  /** Ends the session and drops it from the client. */
  async remove(): Promise<this> {
    await intent(this.#bridge.session({ type: "remove", account: this.#account }));
    return this;
  }
}

/** The active organization as either claims version spells it. */
export function activeOrganization(
  claims: Record<string, unknown> | null,
): { id: string; slug: string | null; role: string | null } | null {
  if (!claims) return null;
  const compact = claims["o"] as Record<string, unknown> | undefined;
  if (compact && typeof compact["id"] === "string") {
    const role = typeof compact["rol"] === "string" ? compact["rol"] : null;
    return {
      id: compact["id"],
      slug: typeof compact["slg"] === "string" ? compact["slg"] : null,
      role: role === null || role.startsWith("org:") ? role : `org:${role}`,
    };
  }
  if (typeof claims["org_id"] === "string") {
    return {
      id: claims["org_id"],
      slug: typeof claims["org_slug"] === "string" ? claims["org_slug"] : null,
      role: typeof claims["org_role"] === "string" ? claims["org_role"] : null,
    };
  }
  return null;
}
