// What people do, in the package's words.

import assert from 'node:assert/strict';
import { codeFor, freshAddress, freshPassword } from './instance.mjs';
import { refusals } from './native-device.mjs';

/** Signs a new person up on the device with address, password and code, and makes the session the active one. */
export async function signUp(device, label, names = {}) {
  const person = { address: freshAddress(label), password: freshPassword() };
  const { clerk } = device;
  await clerk.client.signUp.create({ emailAddress: person.address, password: person.password, ...names });
  await clerk.client.signUp.prepareEmailAddressVerification({ strategy: 'email_code' });
  const done = await clerk.client.signUp.attemptEmailAddressVerification({ code: await codeFor(person.address) });
  assert.equal(done.status, 'complete');
  person.sessionId = done.createdSessionId;
  person.userId = done.createdUserId;
  await clerk.setActive({ session: person.sessionId });
  return person;
}

/** Runs `work`, which the instance must refuse, and answers with the first error as the package presents it. */
export async function refusal(work) {
  let answer;
  try {
    answer = await work();
  } catch (error) {
    assert.ok(Array.isArray(error.errors), `a refusal of the protocol, not ${error.stack}`);
    assert.ok(error.errors.length > 0, 'a refusal names at least one error');
    const [first] = error.errors;
    assert.ok(first.message && first.longMessage, 'an error carries both messages');
    const body = refusals.at(-1);
    assert.match(body.clerk_trace_id, /^[0-9a-f]{32}$/, 'a refusal carries a trace id');
    assert.equal(body.errors.length, error.errors.length);
    return { status: error.status, code: first.code, param: first.meta?.paramName, errors: error.errors };
  }
  throw new Error(`should have been refused, but answered ${JSON.stringify(answer)}`);
}
