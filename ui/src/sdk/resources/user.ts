import type { AccountKey } from "../../bridge/AccountKey";
import type { ActiveSession } from "../../bridge/ActiveSession";
import type { Bridge } from "../../bridge/commands";
import type { User } from "../../bridge/User";
import { intent } from "../errors";
import { dateOf } from "./dates";
import { EmailAddressResource } from "./email-address";
import { type CreateExternalAccountParams, ExternalAccountResource } from "./external-account";
import { type AuthenticatorChoice, authenticatorOf, PasskeyResource } from "./passkey";
import { PhoneNumberResource } from "./phone-number";
import { type BackupCodeResource, toBackupCode, toTOTP, type TOTPResource } from "./second-factor";

/** One place where the user is signed in. */
export interface SessionWithActivitiesResource {
  /** Signs the user out there. */
  revoke: () => Promise<void>;
  id: string;
  status: string;
  expireAt: Date;
  lastActiveAt: Date;
  latestActivity: {
    deviceType?: string | undefined;
    browserName?: string | undefined;
    browserVersion?: string | undefined;
    ipAddress?: string | undefined;
    city?: string | undefined;
    country?: string | undefined;
    isMobile: boolean;
  };
}

/** What a person may change of themselves; null or an empty text clears. */
export interface UpdateUserParams {
  firstName?: string | null;
  lastName?: string | null;
  username?: string;
  primaryEmailAddressId?: string;
  primaryPhoneNumberId?: string;
}

/** Setting or changing a password. */
export interface UpdateUserPasswordParams {
  /** The one there is, if there is one. */
  currentPassword?: string;
  newPassword: string;
  signOutOfOtherSessions?: boolean;
}

/** A picture that was set. */
export interface ImageResource {
  id: string;
  name: string | null;
  publicUrl: string | null;
}

/** The signed-in person at one instance. */
export class UserResource {
  id!: string;
  username!: string | null;
  firstName!: string | null;
  lastName!: string | null;
  imageUrl!: string;
  hasImage!: boolean;
  primaryEmailAddressId!: string | null;
  emailAddresses!: EmailAddressResource[];
  primaryPhoneNumberId!: string | null;
  phoneNumbers!: PhoneNumberResource[];
  externalAccounts!: ExternalAccountResource[];
  passkeys!: PasskeyResource[];
  passwordEnabled!: boolean;
  totpEnabled!: boolean;
  backupCodeEnabled!: boolean;
  twoFactorEnabled!: boolean;
  publicMetadata!: Record<string, unknown>;
  unsafeMetadata!: Record<string, unknown>;
  organizationMemberships!: OrganizationMembershipFacts[];
  externalId!: string | null;
  lastSignInAt!: Date | null;
  deleteSelfEnabled!: boolean;
  createdAt!: Date | null;
  updatedAt!: Date | null;

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: User, account: AccountKey, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = account;
    this.#read(raw);
  }

  /** First and last name, or null when there is neither. */
  get fullName(): string | null {
    return [this.firstName, this.lastName].filter(Boolean).join(" ") || null;
  }

  get primaryEmailAddress(): EmailAddressResource | null {
    return this.emailAddresses.find((email) => email.id === this.primaryEmailAddressId) ?? null;
  }

  get primaryPhoneNumber(): PhoneNumberResource | null {
    return this.phoneNumbers.find((phone) => phone.id === this.primaryPhoneNumberId) ?? null;
  }

  get hasVerifiedPhoneNumber(): boolean {
    return this.phoneNumbers.some((phone) => phone.verification.status === "verified");
  }

  get verifiedExternalAccounts(): ExternalAccountResource[] {
    return this.externalAccounts.filter((account) => account.verification?.status === "verified");
  }

  get unverifiedExternalAccounts(): ExternalAccountResource[] {
    return this.externalAccounts.filter((account) => account.verification?.status !== "verified");
  }

  get hasVerifiedEmailAddress(): boolean {
    return this.emailAddresses.some((email) => email.verification.status === "verified");
  }

  /** Reads the user again from the instance. */
  async reload(): Promise<this> {
    const raw = await intent(this.#bridge.account({ type: "reload", account: this.#account }));
    return this.#read(raw);
  }

  /** Changes the profile; a field that is left out stays as it is. */
  async update(params: UpdateUserParams): Promise<this> {
    const raw = await intent(
      this.#bridge.account({
        type: "update",
        account: this.#account,
        ...(params.firstName !== undefined && { first_name: params.firstName ?? "" }),
        ...(params.lastName !== undefined && { last_name: params.lastName ?? "" }),
        ...(params.username !== undefined && { username: params.username }),
        ...(params.primaryEmailAddressId !== undefined && {
          primary_email_address_id: params.primaryEmailAddressId,
        }),
        ...(params.primaryPhoneNumberId !== undefined && {
          primary_phone_number_id: params.primaryPhoneNumberId,
        }),
      }),
    );
    return this.#read(raw);
  }

  /** Sets the picture: a file, or its text in base64. Null removes it. */
  async setProfileImage({ file }: { file: Blob | string | null }): Promise<ImageResource> {
    if (file === null) {
      await intent(this.#bridge.account({ type: "remove_profile_image", account: this.#account }));
      return { id: "", name: null, publicUrl: null };
    }
    const text = typeof file === "string" ? file : await dataUrlOf(file);
    const raw = await intent(
      this.#bridge.account({ type: "set_profile_image", account: this.#account, file: text }),
    );
    return { id: raw.id, name: raw.name ?? null, publicUrl: raw.public_url };
  }

  /** Adds an address. It does not count before it is proven. */
  async createEmailAddress({ email }: { email: string }): Promise<EmailAddressResource> {
    const raw = await intent(
      this.#bridge.account({
        type: "create_email_address",
        account: this.#account,
        email_address: email,
      }),
    );
    return new EmailAddressResource(raw, this.#account, this.#bridge);
  }

  /** Adds a telephone number. It does not count before it is proven. */
  async createPhoneNumber({ phoneNumber }: { phoneNumber: string }): Promise<PhoneNumberResource> {
    const raw = await intent(
      this.#bridge.account({
        type: "create_phone_number",
        account: this.#account,
        phone_number: phoneNumber,
      }),
    );
    return new PhoneNumberResource(raw, this.#account, this.#bridge);
  }

  /** Makes a passkey. Answers when all is done, which takes as long as the person takes. */
  async createPasskey(choice: AuthenticatorChoice = {}): Promise<PasskeyResource> {
    const authenticator = await authenticatorOf(choice, this.#bridge);
    const raw = await intent(
      this.#bridge.account({ type: "create_passkey", account: this.#account, authenticator }),
    );
    return new PasskeyResource(raw, this.#account, this.#bridge);
  }

  /** Makes a new secret for an authenticator app; it does not count before a code of it has come back. */
  async createTOTP(): Promise<TOTPResource> {
    return toTOTP(await intent(this.#bridge.account({ type: "create_totp", account: this.#account })));
  }

  /** Proves that the authenticator app has the secret. Where it is the first second factor, backup codes come along. */
  async verifyTOTP({ code }: { code: string }): Promise<TOTPResource> {
    return toTOTP(
      await intent(this.#bridge.account({ type: "verify_totp", account: this.#account, code })),
    );
  }

  /** Takes the authenticator app from the user. */
  async disableTOTP(): Promise<void> {
    await intent(this.#bridge.account({ type: "disable_totp", account: this.#account }));
  }

  /** Makes new backup codes; the ones before are void. */
  async createBackupCode(): Promise<BackupCodeResource> {
    return toBackupCode(
      await intent(this.#bridge.account({ type: "create_backup_code", account: this.#account })),
    );
  }

  /**
   * Begins to connect an account elsewhere, in the system's browser. Answers with the name of the flow, which says how it
   * goes on.
   */
  async createExternalAccount(params: CreateExternalAccountParams): Promise<string> {
    const { flow } = await intent(
      this.#bridge.account({
        type: "create_external_account",
        account: this.#account,
        strategy: params.strategy,
        ...(params.additionalScopes && { additional_scopes: params.additionalScopes }),
      }),
    );
    return flow;
  }

  /** Sets or changes the password. */
  async updatePassword(params: UpdateUserPasswordParams): Promise<this> {
    const raw = await intent(
      this.#bridge.account({
        type: "update_password",
        account: this.#account,
        ...(params.currentPassword !== undefined && { current_password: params.currentPassword }),
        new_password: params.newPassword,
        sign_out_of_other_sessions: params.signOutOfOtherSessions ?? false,
      }),
    );
    return this.#read(raw);
  }

  /** Removes the password; the user signs in by other means from then on. */
  async removePassword({ currentPassword }: { currentPassword: string }): Promise<this> {
    const raw = await intent(
      this.#bridge.account({
        type: "remove_password",
        account: this.#account,
        current_password: currentPassword,
      }),
    );
    return this.#read(raw);
  }

  /** Deletes the user for good. */
  async delete(): Promise<void> {
    await intent(this.#bridge.account({ type: "delete", account: this.#account }));
  }

  /** Everywhere this user is signed in now. */
  async getSessions(): Promise<SessionWithActivitiesResource[]> {
    const list = await intent(
      this.#bridge.account({ type: "active_sessions", account: this.#account }),
    );
    return list.map((raw) => this.#toSession(raw));
  }

  #toSession(raw: ActiveSession): SessionWithActivitiesResource {
    const revoke = async () => {
      await intent(
        this.#bridge.account({ type: "revoke_session", account: this.#account, session: raw.id }),
      );
    };
    return { ...sessionFacts(raw), revoke };
  }

  #read(raw: User): this {
    this.id = raw.id;
    this.username = raw.username;
    this.firstName = raw.first_name;
    this.lastName = raw.last_name;
    this.imageUrl = raw.image_url ?? "";
    this.hasImage = raw.has_image;
    this.primaryEmailAddressId = raw.primary_email_address_id;
    this.emailAddresses = raw.email_addresses.map(
      (address) => new EmailAddressResource(address, this.#account, this.#bridge),
    );
    this.primaryPhoneNumberId = raw.primary_phone_number_id;
    this.phoneNumbers = raw.phone_numbers.map(
      (phone) => new PhoneNumberResource(phone, this.#account, this.#bridge),
    );
    this.externalAccounts = raw.external_accounts.map(
      (account) => new ExternalAccountResource(account, this.#account, this.#bridge),
    );
    this.passkeys = raw.passkeys.map(
      (passkey) => new PasskeyResource(passkey, this.#account, this.#bridge),
    );
    this.passwordEnabled = raw.password_enabled;
    this.totpEnabled = raw.totp_enabled;
    this.backupCodeEnabled = raw.backup_code_enabled;
    this.twoFactorEnabled = raw.two_factor_enabled;
    this.publicMetadata = raw.public_metadata;
    this.unsafeMetadata = raw.unsafe_metadata;
    this.organizationMemberships = raw.organization_memberships.map(toMembership);
    this.externalId = raw.external_id;
    this.lastSignInAt = dateOf(raw.last_sign_in_at);
    this.deleteSelfEnabled = raw.delete_self_enabled;
    this.createdAt = dateOf(raw.created_at);
    this.updatedAt = dateOf(raw.updated_at);
    return this;
  }
}

/** The parts of a membership that `has()` decides by. */
export interface OrganizationMembershipFacts {
  organizationId: string;
  organizationSlug: string | null;
  role: string;
  permissions: string[];
}

// Memberships travel untyped until organizations have a room of their own.
function toMembership(raw: Record<string, unknown>): OrganizationMembershipFacts {
  const organization = (raw["organization"] ?? {}) as Record<string, unknown>;
  return {
    organizationId: textOf(organization["id"]) ?? "",
    organizationSlug: textOf(organization["slug"]),
    role: textOf(raw["role"]) ?? "",
    permissions: Array.isArray(raw["permissions"]) ? raw["permissions"].map(String) : [],
  };
}

function dataUrlOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error("The file could not be read."));
    };
    reader.readAsDataURL(file);
  });
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function sessionFacts(raw: ActiveSession): Omit<SessionWithActivitiesResource, "revoke"> {
  const activity = raw.latest_activity;
  return {
    id: raw.id,
    status: raw.status,
    expireAt: new Date(raw.expire_at),
    lastActiveAt: new Date(raw.last_active_at),
    latestActivity: {
      deviceType: activity?.device_type || undefined,
      browserName: activity?.browser_name || undefined,
      browserVersion: activity?.browser_version || undefined,
      ipAddress: activity?.ip_address || undefined,
      city: activity?.city || undefined,
      country: activity?.country || undefined,
      isMobile: activity?.is_mobile ?? false,
    },
  };
}
