import type { Bridge } from "../../bridge/commands";
import type { Factor } from "../../bridge/Factor";
import type { SignIn } from "../../bridge/SignIn";
import { intent } from "../errors";
import { dateOf } from "./dates";
import { type AuthenticatorChoice, authenticatorOf } from "./passkey";
import { toVerification, type VerificationResource } from "./verification";

/** One way to prove who you are that the instance offers for this attempt. */
export interface SignInFactorResource {
  strategy: string;
  /** The masked address a code would go to. */
  safeIdentifier: string | null;
  emailAddressId: string | null;
  phoneNumberId: string | null;
  primary: boolean;
  /** Whether it is the second factor to offer first. */
  default: boolean;
}

export interface SignInCreateParams {
  identifier?: string;
  password?: string;
  strategy?: string;
}

/** By which account elsewhere. Where the browser comes back to is the app's to say, so addresses are not taken. */
export interface AuthenticateWithRedirectParams {
  strategy: string;
  unsafeMetadata?: Record<string, unknown>;
}

export interface AuthenticateWithPasskeyParams extends AuthenticatorChoice {
  /** `discoverable` begins an attempt with whoever the passkey is of; left out, it is the one the attempt under way names. */
  flow?: "discoverable";
}

export interface PrepareFirstFactorParams {
  strategy: string;
  emailAddressId?: string;
  phoneNumberId?: string;
}

export type AttemptFirstFactorParams =
  | { strategy: "password"; password: string }
  | { strategy: "email_code" | "phone_code"; code: string }
  | {
      strategy: "reset_password_email_code" | "reset_password_phone_code";
      code: string;
      password?: string;
    };

export interface PrepareSecondFactorParams {
  strategy: string;
  /** On a new device, where a mail stands in for a second factor. */
  emailAddressId?: string;
  phoneNumberId?: string;
}

export interface AttemptSecondFactorParams {
  /** Such as `totp`, `phone_code` or `backup_code`. */
  strategy: string;
  code: string;
}

export interface ResetPasswordParams {
  password: string;
  /** Every other device is signed out unless this says no. */
  signOutOfOtherSessions?: boolean;
}

/** The sign-in under way; there is always one, empty before the first step. */
export class SignInResource {
  id: string | undefined;
  status: string | null = null;
  supportedIdentifiers: string[] = [];
  supportedFirstFactors: SignInFactorResource[] | null = null;
  supportedSecondFactors: SignInFactorResource[] | null = null;
  firstFactorVerification: VerificationResource = toVerification(null);
  secondFactorVerification: VerificationResource = toVerification(null);
  identifier: string | null = null;
  createdSessionId: string | null = null;
  /** What the instance shows of the user before they have proven who they are; most show nothing. */
  userData: { firstName: string | null; lastName: string | null; imageUrl: string; hasImage: boolean } | null = null;
  abandonAt: Date | null = null;

  readonly #bridge: Bridge;
  readonly #instance: string;

  constructor(raw: SignIn | null, instance: string, bridge: Bridge) {
    this.#bridge = bridge;
    this.#instance = instance;
    if (raw) this.#read(raw);
  }

  /** Begins an attempt, replacing the one under way. */
  async create(params: SignInCreateParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({ type: "create", instance: this.#instance, ...defined(params) }),
      ),
    );
  }

  /**
   * Begins an attempt by an account elsewhere: the system's browser opens. Answers with the name of the flow, which says
   * how it goes on; there is nothing to redirect in this window.
   */
  async authenticateWithRedirect(params: AuthenticateWithRedirectParams): Promise<string> {
    const { flow } = await intent(
      this.#bridge.signIn({
        type: "authenticate_with_redirect",
        instance: this.#instance,
        strategy: params.strategy,
        ...(params.unsafeMetadata && { unsafe_metadata: params.unsafeMetadata }),
      }),
    );
    return flow;
  }

  /** Signs in by a passkey. Answers when all is done, which takes as long as the person takes. */
  async authenticateWithPasskey({ flow, ...choice }: AuthenticateWithPasskeyParams = {}): Promise<this> {
    const authenticator = await authenticatorOf(choice, this.#bridge);
    return this.#read(
      await intent(
        this.#bridge.signIn({
          type: "authenticate_with_passkey",
          instance: this.#instance,
          authenticator,
          discoverable: flow === "discoverable",
        }),
      ),
    );
  }

  /** Has the instance send what the strategy needs. */
  async prepareFirstFactor(params: PrepareFirstFactorParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({
          type: "prepare_first_factor",
          instance: this.#instance,
          strategy: params.strategy,
          ...(params.emailAddressId !== undefined && { email_address_id: params.emailAddressId }),
          ...(params.phoneNumberId !== undefined && { phone_number_id: params.phoneNumberId }),
        }),
      ),
    );
  }

  /** Proves the first factor. */
  async attemptFirstFactor(params: AttemptFirstFactorParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({ type: "attempt_first_factor", instance: this.#instance, ...params }),
      ),
    );
  }

  /** Has the instance send what the strategy of a second factor needs. */
  async prepareSecondFactor(params: PrepareSecondFactorParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({
          type: "prepare_second_factor",
          instance: this.#instance,
          strategy: params.strategy,
          ...(params.emailAddressId !== undefined && { email_address_id: params.emailAddressId }),
          ...(params.phoneNumberId !== undefined && { phone_number_id: params.phoneNumberId }),
        }),
      ),
    );
  }

  /** Proves the second factor. */
  async attemptSecondFactor({ strategy, code }: AttemptSecondFactorParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({ type: "attempt_second_factor", instance: this.#instance, strategy, code }),
      ),
    );
  }

  /** Sets a new password, where the attempt waits for one. */
  async resetPassword({ password, signOutOfOtherSessions }: ResetPasswordParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signIn({
          type: "reset_password",
          instance: this.#instance,
          password,
          ...(signOutOfOtherSessions !== undefined && {
            sign_out_of_other_sessions: signOutOfOtherSessions,
          }),
        }),
      ),
    );
  }

  /** Reads the attempt again. */
  async reload(): Promise<this> {
    return this.#read(
      await intent(this.#bridge.signIn({ type: "reload", instance: this.#instance })),
    );
  }

  #read(raw: SignIn): this {
    this.id = raw.id;
    this.status = raw.status;
    this.supportedIdentifiers = raw.supported_identifiers;
    this.supportedFirstFactors = raw.supported_first_factors?.map(toFactor) ?? null;
    this.supportedSecondFactors = raw.supported_second_factors?.map(toFactor) ?? null;
    this.firstFactorVerification = toVerification(raw.first_factor_verification);
    this.secondFactorVerification = toVerification(raw.second_factor_verification);
    this.identifier = raw.identifier;
    this.createdSessionId = raw.created_session_id;
    this.abandonAt = dateOf(raw.abandon_at);
    this.userData = raw.user_data && {
      firstName: raw.user_data.first_name,
      lastName: raw.user_data.last_name,
      imageUrl: raw.user_data.image_url ?? "",
      hasImage: raw.user_data.has_image,
    };
    return this;
  }
}

/** Reads one way to prove a factor. */
export function toFactor(raw: Factor): SignInFactorResource {
  return {
    strategy: raw.strategy,
    safeIdentifier: raw.safe_identifier ?? null,
    emailAddressId: raw.email_address_id ?? null,
    phoneNumberId: raw.phone_number_id ?? null,
    primary: raw.primary ?? false,
    default: raw.default ?? false,
  };
}

/** Drops what is undefined, so that the wire sees it as absent. */
function defined<T extends object>(params: T): T {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined),
  ) as T;
}
