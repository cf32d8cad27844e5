// An app without the packages: it asks the instance itself, and what the instance asks of devices it can change on the way.

import assert from 'node:assert/strict';
import { codeFor, freshAddress, freshPassword, instance } from './instance.mjs';

const SIGN_INS = '/v1/client/sign_ins';

/** A native caller that keeps its client token. */
export class Caller {
  #token = '';
  #session = null;

  /** Asks; answers with `{ status, body }`. */
  async ask(path, form = {}) {
    const url = new URL(path, instance.origin);
    url.searchParams.set('_is_native', '1');
    if (this.#session) url.searchParams.set('_clerk_session_id', this.#session);
    const answer = await fetch(url, { method: 'POST', headers: { authorization: this.#token }, body: new URLSearchParams(form) });
    this.#token = answer.headers.get('authorization') ?? this.#token;
    return { status: answer.status, body: await answer.json() };
  }

  /** Asks for what the instance has to do; answers with what came of it. */
  async have(path, form) {
    const { status, body } = await this.ask(path, form);
    assert.equal(status, 200, JSON.stringify(body));
    return body.response;
  }

  /** Signs somebody up; they act from now on. */
  async signUp(label) {
    const address = freshAddress(label);
    const { id } = await this.have('/v1/client/sign_ups', { email_address: address, password: freshPassword() });
    await this.have(`/v1/client/sign_ups/${id}/prepare_verification`, { strategy: 'email_code' });
    const code = await codeFor(address);
    const done = await this.have(`/v1/client/sign_ups/${id}/attempt_verification`, { strategy: 'email_code', code });
    this.#session = done.created_session_id;
    return { address, userId: done.created_user_id };
  }

  /** Asks for a passkey: `{ id, options }`. */
  async askForKey() {
    const asked = await this.have('/v1/me/passkeys');
    return { id: asked.id, options: JSON.parse(asked.verification.nonce) };
  }

  /** Offers what a device answered to it. */
  offerKey({ id }, answer) {
    return this.ask(`/v1/me/passkeys/${id}/attempt_verification`, { strategy: 'passkey', public_key_credential: answer });
  }

  /** Begins a sign-in by whichever passkey a device has, or by one of this address: `{ id, options }`. */
  async askToSignIn(address) {
    let asked = await this.have(SIGN_INS, address ? { identifier: address } : { strategy: 'passkey' });
    if (address) asked = await this.have(`${SIGN_INS}/${asked.id}/prepare_first_factor`, { strategy: 'passkey' });
    return { id: asked.id, options: JSON.parse(asked.first_factor_verification.nonce) };
  }

  /** Offers what a device answered to it. */
  offerSignIn({ id }, answer) {
    return this.ask(`${SIGN_INS}/${id}/attempt_first_factor`, { strategy: 'passkey', public_key_credential: answer });
  }
}
