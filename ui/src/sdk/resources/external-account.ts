import type { AccountKey } from "../../bridge/AccountKey";
import type { Bridge } from "../../bridge/commands";
import type { ExternalAccount } from "../../bridge/ExternalAccount";
import { intent } from "../errors";
import { toVerification, type VerificationResource } from "./verification";

export interface CreateExternalAccountParams {
  strategy: string;
  /** What the application may do there, besides what it asks of everybody. */
  additionalScopes?: string[];
}

/** An account of the user at an identity provider. */
export class ExternalAccountResource {
  readonly id: string;
  /** Without the `oauth_` that strategies begin with. */
  readonly provider: string;
  readonly identificationId: string;
  readonly providerUserId: string;
  readonly approvedScopes: string;
  /** What the instance asks for and was not allowed, separated by spaces. Frontdesk's own: empty at other instances. */
  readonly missingScopes: string;
  readonly emailAddress: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly imageUrl: string;
  readonly username: string | null;
  readonly label: string | null;
  readonly verification: VerificationResource | null;

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: ExternalAccount, account: AccountKey, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = account;
    this.id = raw.id;
    this.provider = raw.provider.replace(/^oauth_/, "");
    this.identificationId = raw.identification_id;
    this.providerUserId = raw.provider_user_id;
    this.approvedScopes = raw.approved_scopes;
    this.missingScopes = raw.missing_scopes;
    this.emailAddress = raw.email_address;
    this.firstName = raw.first_name;
    this.lastName = raw.last_name;
    this.imageUrl = raw.image_url ?? raw.avatar_url;
    this.username = raw.username || null;
    this.label = raw.label || null;
    this.verification = raw.verification && toVerification(raw.verification);
  }

  /** Such as `google`. */
  providerSlug(): string {
    return this.provider;
  }

  /** What tells the account from others. */
  accountIdentifier(): string {
    return this.username ?? (this.emailAddress || this.label || "");
  }

  /** The strategy by which it signs in. */
  get strategy(): string {
    return `oauth_${this.provider}`;
  }

  /** Asks the provider again, in the system's browser. Answers with the name of the flow. */
  async reauthorize({ additionalScopes }: { additionalScopes?: string[] } = {}): Promise<string> {
    const { flow } = await intent(
      this.#bridge.account({
        type: "reauthorize_external_account",
        account: this.#account,
        external_account_id: this.id,
        ...(additionalScopes && { additional_scopes: additionalScopes }),
      }),
    );
    return flow;
  }

  /** Disconnects it. */
  async destroy(): Promise<void> {
    await intent(
      this.#bridge.account({
        type: "destroy_external_account",
        account: this.#account,
        external_account_id: this.id,
      }),
    );
  }
}
