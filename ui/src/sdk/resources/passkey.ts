import type { AccountKey } from "../../bridge/AccountKey";
import type { AuthenticatorKind } from "../../bridge/AuthenticatorKind";
import type { Bridge } from "../../bridge/commands";
import type { Passkey } from "../../bridge/Passkey";
import { intent, isClerkAPIResponseError } from "../errors";
import { dateOf } from "./dates";
import { toVerification, type VerificationResource } from "./verification";

/** Which of the computer's authenticators to use. Where none is named, the first that can be used is taken. */
export interface AuthenticatorChoice {
  authenticator?: AuthenticatorKind;
}

/** A key of a user that signs in in place of a password. */
export class PasskeyResource {
  id!: string;
  name!: string | null;
  verification!: VerificationResource;
  lastUsedAt!: Date | null;
  createdAt!: Date;
  updatedAt!: Date;

  readonly #bridge: Bridge;
  readonly #account: AccountKey;

  constructor(raw: Passkey, account: AccountKey, bridge: Bridge) {
    this.#bridge = bridge;
    this.#account = account;
    this.#read(raw);
  }

  /** Changes what the user knows it by. */
  async update({ name }: { name: string }): Promise<this> {
    return this.#read(
      await intent(
        this.#bridge.account({
          type: "update_passkey",
          account: this.#account,
          passkey_id: this.id,
          name,
        }),
      ),
    );
  }

  /** Takes the passkey from the user; the system asks first. */
  async delete(): Promise<void> {
    await intent(
      this.#bridge.account({ type: "delete_passkey", account: this.#account, passkey_id: this.id }),
    );
  }

  #read(raw: Passkey): this {
    this.id = raw.id;
    this.name = raw.name || null;
    this.verification = toVerification(raw.verification);
    this.lastUsedAt = dateOf(raw.last_used_at);
    this.createdAt = new Date(raw.created_at);
    this.updatedAt = new Date(raw.updated_at);
    return this;
  }
}

/** The authenticator that was named, else the first that can be used; this device where none can, so that it says why. */
export async function authenticatorOf(
  { authenticator }: AuthenticatorChoice,
  bridge: Bridge,
): Promise<AuthenticatorKind> {
  if (authenticator) return authenticator;
  const all = await intent(bridge.app({ type: "authenticators" }));
  return all.find(({ unready }) => unready === null || unready.type === "no_answer")?.kind ?? "this_device";
}

/** Whether a passkey was not used since somebody cancelled, or something newer took its place: there is nothing to say. */
export function isPasskeyCancelledError(error: unknown): boolean {
  return isClerkAPIResponseError(error) && error.said?.reason === "passkey_cancelled";
}
