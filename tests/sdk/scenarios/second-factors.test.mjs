// Second factors by @clerk/clerk-js: an authenticator app and backup codes, a fresh proof, a new password, and lost ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClerkClient } from '@clerk/backend';
import { Authenticator } from '../harness/authenticator.mjs';
import { codeFor, freshPassword, instance, outbox } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

test('a second factor is set up, asked for, proven once more and removed', async (t) => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'joan');

  const begun = await clerk.user.createTOTP();
  assert.equal(begun.verified, false);
  assert.match(begun.uri, /^otpauth:\/\/totp\//);
  const app = new Authenticator(begun.secret);
  const proven = await clerk.user.verifyTOTP({ code: await app.next() });
  assert.equal(proven.verified, true);
  assert.equal(proven.backupCodes.length, 10);
  assert.ok(clerk.user.totpEnabled && clerk.user.twoFactorEnabled && clerk.user.backupCodeEnabled);

  const { codes } = await clerk.user.createBackupCode();
  assert.equal(new Set([...codes, ...proven.backupCodes]).size, 20, 'those before are others');

  const halfway = async () => {
    await device.signOut();
    const attempt = await clerk.client.signIn.create({ strategy: 'password', identifier: person.address, password: person.password });
    assert.equal(attempt.status, 'needs_second_factor');
    assert.equal(attempt.createdSessionId, null);
    assert.deepEqual(attempt.supportedSecondFactors.map(({ strategy }) => strategy), ['totp', 'backup_code']);
    assert.equal(clerk.isSignedIn, false);
  };
  const finish = async (attempt) => {
    assert.equal(attempt.status, 'complete');
    await clerk.setActive({ session: attempt.createdSessionId });
    const { fva } = await verifySessionToken(await clerk.session.getToken(), {
      userId: person.userId,
      sessionId: attempt.createdSessionId,
      second: 0,
    });
    assert.deepEqual(fva, [0, 0]);
  };

  await t.test('a wrong code is refused, and the right one signs in', async () => {
    await halfway();
    const error = await refusal(() => clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: proven.backupCodes[0] }));
    assert.equal(error.code, 'form_code_incorrect');
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'totp', code: await app.next() }));
  });

  await t.test('a backup code signs in once', async () => {
    await halfway();
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: codes[0] }));
    await halfway();
    const error = await refusal(() => clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: codes[0] }));
    assert.equal(error.code, 'form_code_incorrect');
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: codes[1] }));
  });

  await t.test('it is proven once more', async () => {
    const verification = await clerk.session.startVerification({ level: 'multi_factor' });
    assert.equal(verification.status, 'needs_first_factor');
    assert.equal(verification.level, 'multi_factor');
    const first = await clerk.session.attemptFirstFactorVerification({ strategy: 'password', password: person.password });
    assert.equal(first.status, 'needs_second_factor');
    const done = await clerk.session.attemptSecondFactorVerification({ strategy: 'backup_code', code: codes[2] });
    assert.equal(done.status, 'complete');
    assert.deepEqual(clerk.session.factorVerificationAge, [0, 0]);
  });

  await t.test('a new password does not do without it', async () => {
    await device.signOut();
    const known = (await outbox(person.address)).map(({ id }) => id);
    await clerk.client.signIn.create({ strategy: 'reset_password_email_code', identifier: person.address });
    const code = await codeFor(person.address, known);
    const proven = await clerk.client.signIn.attemptFirstFactor({ strategy: 'reset_password_email_code', code });
    assert.equal(proven.status, 'needs_new_password');
    person.password = freshPassword();
    const attempt = await clerk.client.signIn.resetPassword({ password: person.password });
    assert.equal(attempt.status, 'needs_second_factor');
    assert.equal(clerk.isSignedIn, false);
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: codes[3] }));
  });

  await t.test('the owner resets it for who has lost it, and it is set up anew', async () => {
    const backend = createClerkClient({ secretKey: instance.keys.secret_key, apiUrl: instance.origin });
    const before = await backend.users.getUser(person.userId);
    assert.ok(before.twoFactorEnabled && before.totpEnabled && before.backupCodeEnabled);
    await backend.users.disableUserMFA(person.userId);
    await device.signOut();
    const attempt = await clerk.client.signIn.create({ strategy: 'password', identifier: person.address, password: person.password });
    assert.equal(attempt.status, 'complete');
    await clerk.setActive({ session: attempt.createdSessionId });
    assert.ok(!clerk.user.totpEnabled && !clerk.user.twoFactorEnabled && !clerk.user.backupCodeEnabled);
    const anew = new Authenticator((await clerk.user.createTOTP()).secret);
    const { backupCodes } = await clerk.user.verifyTOTP({ code: await anew.next() });
    assert.equal(backupCodes.length, 10);
  });

  await t.test('it is removed, and backup codes with it', async () => {
    await clerk.user.disableTOTP();
    assert.ok(!clerk.user.totpEnabled && !clerk.user.twoFactorEnabled && !clerk.user.backupCodeEnabled);
    const error = await refusal(() => clerk.user.createBackupCode());
    assert.equal(error.code, 'backup_codes_not_available');
  });
});
