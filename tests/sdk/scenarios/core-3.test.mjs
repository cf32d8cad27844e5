// The newer shape of the same flows, which the package's current hooks hand out: every step answers `{ error }` and the
// attempt is finished by `finalize()`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFor, freshAddress, freshPassword } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';

test('sign up, sign out and sign in by the newer calls', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const address = freshAddress('mary');
  const password = freshPassword();
  const ok = async (step) => assert.equal((await step).error, null);

  const signUp = clerk.client.signUp.__internal_future;
  await ok(signUp.password({ emailAddress: address, password, firstName: 'Mary' }));
  await ok(signUp.verifications.sendEmailCode());
  await ok(signUp.verifications.verifyEmailCode({ code: await codeFor(address) }));
  assert.equal(signUp.status, 'complete');
  await ok(signUp.finalize());
  assert.equal(clerk.user.firstName, 'Mary');
  const userId = clerk.user.id;

  await device.signOut();
  const signIn = clerk.client.signIn.__internal_future;
  const { error } = await signIn.password({ identifier: address, password: 'not-the-password' });
  assert.equal(error.errors[0].code, 'form_password_incorrect');
  await ok(signIn.password({ identifier: address, password }));
  assert.equal(signIn.status, 'complete');
  await ok(signIn.finalize());
  assert.equal(clerk.user.id, userId);
});
