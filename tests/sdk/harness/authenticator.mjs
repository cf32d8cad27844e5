// An authenticator app: six digits for every step of 30 seconds (RFC 6238), from a secret in base32.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** An app with this secret. Each code it shows is for a later step than the one before, within what an instance takes. */
export class Authenticator {
  #key;
  #last = 0;

  constructor(secret) {
    let bits = '';
    for (const character of secret) {
      assert.ok(ALPHABET.includes(character), 'the secret is base32');
      bits += ALPHABET.indexOf(character).toString(2).padStart(5, '0');
    }
    this.#key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  }

  /** The next code; waits for it if the instance would not take one so early. */
  async next() {
    const now = () => Math.floor(Date.now() / STEP_MS);
    const step = Math.max(now(), this.#last + 1);
    while (now() + 1 < step) await new Promise((resolve) => setTimeout(resolve, 500));
    this.#last = step;
    return this.at(step);
  }

  at(step) {
    const message = Buffer.alloc(8);
    message.writeBigInt64BE(BigInt(step));
    const tag = createHmac('sha1', this.#key).update(message).digest();
    const number = tag.readUInt32BE(tag.at(-1) & 0x0f) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
  }
}
