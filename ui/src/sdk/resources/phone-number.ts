import type { AccountKey } from "../../bridge/AccountKey";
import type { Bridge } from "../../bridge/commands";
import type { PhoneNumber } from "../../bridge/PhoneNumber";
import { intent } from "../errors";
import { toVerification, type VerificationResource } from "./verification";

/** A telephone number of a user. */
export class PhoneNumberResource {
  id!: string;
  /** In the form that travels (E.164). */
  phoneNumber!: string;
  /** Whether its codes are a second factor. */
  reservedForSecondFactor!: boolean;
  /** Whether it is the second factor to offer first. */
  defaultSecondFactor!: boolean;
  verification!: VerificationResource;
  linkedTo!: { id: string; type: string }[];
  /** Where it has just become the first second factor: the codes for the day without it. They are not shown again. */
  backupCodes!: string[] | null;

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: PhoneNumber, account: AccountKey, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = account;
    this.#read(raw);
  }

  /** Has the instance send a code to the number. */
  async prepareVerification(): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "prepare_phone_number",
          account: this.#account,
          phone_number_id: this.id,
          strategy: "phone_code",
        }),
      ),
    );
  }

  /** Proves the number. */
  async attemptVerification({ code }: { code: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "attempt_phone_number",
          account: this.#account,
          phone_number_id: this.id,
          code,
        }),
      ),
    );
  }

  /** Makes its codes a second factor, or no longer. */
  async setReservedForSecondFactor({ reserved }: { reserved: boolean }): Promise<this> {
    return this.#update({ reserved_for_second_factor: reserved });
  }

  /** Makes it the second factor to offer first. */
  async makeDefaultSecondFactor(): Promise<this> {
    return this.#update({ default_second_factor: true });
  }

  /** Leaves it to the instance which second factor is offered first. */
  async unmakeDefaultSecondFactor(): Promise<this> {
    return this.#update({ default_second_factor: false });
  }

  /** Takes the number from the user. */
  async destroy(): Promise<void> {
    await intent(
      this.#bridge.account({
        type: "destroy_phone_number",
        account: this.#account,
        phone_number_id: this.id,
      }),
    );
  }

  async #update(
    change: { reserved_for_second_factor: boolean } | { default_second_factor: boolean },
  ): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "update_phone_number",
          account: this.#account,
          phone_number_id: this.id,
          ...change,
        }),
      ),
    );
  }

  #read(raw: PhoneNumber): this {
    this.id = raw.id;
    this.phoneNumber = raw.phone_number;
    this.reservedForSecondFactor = raw.reserved_for_second_factor;
    this.defaultSecondFactor = raw.default_second_factor;
    this.verification = toVerification(raw.verification);
    this.linkedTo = raw.linked_to;
    this.backupCodes = raw.backup_codes ?? null;
    return this;
  }
}
