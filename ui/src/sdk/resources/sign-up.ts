import type { Bridge } from "../../bridge/commands";
import type { SignUp } from "../../bridge/SignUp";
import type { SignUpFields } from "../../bridge/SignUpFields";
import { intent } from "../errors";
import { dateOf } from "./dates";
import type { AuthenticateWithRedirectParams } from "./sign-in";
import { toVerification, type VerificationResource } from "./verification";

export interface SignUpParams {
  /** The ticket of an invitation, which proves its address. */
  ticket?: string;
  emailAddress?: string;
  phoneNumber?: string;
  username?: string;
  password?: string;
  firstName?: string;
  lastName?: string;
  unsafeMetadata?: Record<string, unknown>;
}

/** The sign-up under way; there is always one, empty before the first step. */
export class SignUpResource {
  id: string | undefined;
  status: string | null = null;
  requiredFields: string[] = [];
  optionalFields: string[] = [];
  missingFields: string[] = [];
  unverifiedFields: string[] = [];
  verifications: {
    emailAddress: VerificationResource;
    phoneNumber: VerificationResource;
    externalAccount: VerificationResource;
  } = {
    emailAddress: toVerification(null),
    phoneNumber: toVerification(null),
    externalAccount: toVerification(null),
  };
  emailAddress: string | null = null;
  phoneNumber: string | null = null;
  username: string | null = null;
  firstName: string | null = null;
  lastName: string | null = null;
  hasPassword = false;
  unsafeMetadata: Record<string, unknown> = {};
  createdSessionId: string | null = null;
  createdUserId: string | null = null;
  abandonAt: Date | null = null;

  readonly #bridge: Bridge;
  readonly #instance: string;

  constructor(raw: SignUp | null, instance: string, bridge: Bridge) {
    this.#bridge = bridge;
    this.#instance = instance;
    if (raw) this.#read(raw);
  }

  /** Begins an attempt, replacing the one under way. */
  async create(params: SignUpParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signUp({ type: "create", instance: this.#instance, fields: toFields(params) }),
      ),
    );
  }

  /** Begins an attempt by an account elsewhere: the system's browser opens. Answers with the name of the flow. */
  async authenticateWithRedirect(params: AuthenticateWithRedirectParams): Promise<string> {
    const { flow } = await intent(
      this.#bridge.signUp({
        type: "authenticate_with_redirect",
        instance: this.#instance,
        strategy: params.strategy,
        ...(params.unsafeMetadata && { unsafe_metadata: params.unsafeMetadata }),
      }),
    );
    return flow;
  }

  /** Adds to or corrects the attempt under way. */
  async update(params: SignUpParams): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signUp({ type: "update", instance: this.#instance, fields: toFields(params) }),
      ),
    );
  }

  /** Has the instance send what the strategy needs. */
  async prepareVerification(params: { strategy: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signUp({
          type: "prepare_verification",
          instance: this.#instance,
          strategy: params.strategy,
        }),
      ),
    );
  }

  /** Proves an address. */
  async attemptVerification(params: { strategy: string; code: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.signUp({ type: "attempt_verification", instance: this.#instance, ...params }),
      ),
    );
  }

  prepareEmailAddressVerification(params: { strategy?: string } = {}): Promise<this> {
    return this.prepareVerification({ strategy: params.strategy ?? "email_code" });
  }

  attemptEmailAddressVerification(params: { code: string }): Promise<this> {
    return this.attemptVerification({ strategy: "email_code", code: params.code });
  }

  preparePhoneNumberVerification(params: { strategy?: string } = {}): Promise<this> {
    return this.prepareVerification({ strategy: params.strategy ?? "phone_code" });
  }

  attemptPhoneNumberVerification(params: { code: string }): Promise<this> {
    return this.attemptVerification({ strategy: "phone_code", code: params.code });
  }

  /** Reads the attempt again. */
  async reload(): Promise<this> {
    return this.#read(
      await intent(this.#bridge.signUp({ type: "reload", instance: this.#instance })),
    );
  }

  #read(raw: SignUp): this {
    this.id = raw.id;
    this.status = raw.status;
    this.requiredFields = raw.required_fields;
    this.optionalFields = raw.optional_fields;
    this.missingFields = raw.missing_fields;
    this.unverifiedFields = raw.unverified_fields;
    this.verifications = {
      emailAddress: toVerification(raw.verifications.email_address),
      phoneNumber: toVerification(raw.verifications.phone_number),
      externalAccount: toVerification(raw.verifications.external_account),
    };
    this.emailAddress = raw.email_address;
    this.phoneNumber = raw.phone_number;
    this.username = raw.username;
    this.firstName = raw.first_name;
    this.lastName = raw.last_name;
    this.hasPassword = raw.has_password || raw.password_enabled;
    this.unsafeMetadata = raw.unsafe_metadata;
    this.createdSessionId = raw.created_session_id;
    this.createdUserId = raw.created_user_id;
    this.abandonAt = dateOf(raw.abandon_at);
    return this;
  }
}

function toFields(params: SignUpParams): SignUpFields {
  return {
    ...(params.ticket !== undefined && { ticket: params.ticket }),
    ...(params.emailAddress !== undefined && { email_address: params.emailAddress }),
    ...(params.phoneNumber !== undefined && { phone_number: params.phoneNumber }),
    ...(params.username !== undefined && { username: params.username }),
    ...(params.password !== undefined && { password: params.password }),
    ...(params.firstName !== undefined && { first_name: params.firstName }),
    ...(params.lastName !== undefined && { last_name: params.lastName }),
    ...(params.unsafeMetadata && { unsafe_metadata: params.unsafeMetadata }),
  };
}
