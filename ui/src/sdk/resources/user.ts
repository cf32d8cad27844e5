import type { AccountKey } from "../../bridge/AccountKey";
import type { ActiveSession } from "../../bridge/ActiveSession";
import type { Bridge } from "../../bridge/commands";
import type { EmailAddress } from "../../bridge/EmailAddress";
import type { User } from "../../bridge/User";
import { intent } from "../errors";
import { dateOf } from "./dates";
import { toVerification, type VerificationResource } from "./verification";

/** An email address of a user. */
export interface EmailAddressResource {
  id: string;
  emailAddress: string;
  verification: VerificationResource;
  linkedTo: { id: string; type: string }[];
}

/** One place where the user is signed in. */
export interface SessionWithActivitiesResource {
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
      }),
    );
    return this.#read(raw);
  }

  /** Everywhere this user is signed in now. */
  async getSessions(): Promise<SessionWithActivitiesResource[]> {
    const list = await intent(
      this.#bridge.account({ type: "active_sessions", account: this.#account }),
    );
    return list.map(toSessionWithActivities);
  }

  #read(raw: User): this {
    this.id = raw.id;
    this.username = raw.username;
    this.firstName = raw.first_name;
    this.lastName = raw.last_name;
    this.imageUrl = raw.image_url ?? "";
    this.hasImage = raw.has_image;
    this.primaryEmailAddressId = raw.primary_email_address_id;
    this.emailAddresses = raw.email_addresses.map(toEmailAddress);
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

function toEmailAddress(raw: EmailAddress): EmailAddressResource {
  return {
    id: raw.id,
    emailAddress: raw.email_address,
    verification: toVerification(raw.verification),
    linkedTo: raw.linked_to,
  };
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

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function toSessionWithActivities(raw: ActiveSession): SessionWithActivitiesResource {
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
