import type { AccountKey } from "../../bridge/AccountKey";
import type { Bridge } from "../../bridge/commands";
import type { EmailAddress } from "../../bridge/EmailAddress";
import { intent } from "../errors";
import { toVerification, type VerificationResource } from "./verification";

/** An email address of a user. */
export class EmailAddressResource {
  id!: string;
  emailAddress!: string;
  verification!: VerificationResource;
  linkedTo!: { id: string; type: string }[];

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: EmailAddress, account: AccountKey, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = account;
    this.#read(raw);
  }

  /** Has the instance send a code to the address. */
  async prepareVerification({ strategy }: { strategy: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "prepare_email_address",
          account: this.#account,
          email_address_id: this.id,
          strategy,
        }),
      ),
    );
  }

  /** Proves the address. */
  async attemptVerification({ code }: { code: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "attempt_email_address",
          account: this.#account,
          email_address_id: this.id,
          code,
        }),
      ),
    );
  }

  /** Takes the address from the user. */
  async destroy(): Promise<void> {
    await intent(
      this.#bridge.account({
        type: "destroy_email_address",
        account: this.#account,
        email_address_id: this.id,
      }),
    );
  }

  #read(raw: EmailAddress): this {
    this.id = raw.id;
    this.emailAddress = raw.email_address;
    this.verification = toVerification(raw.verification);
    this.linkedTo = raw.linked_to;
    return this;
  }
}
