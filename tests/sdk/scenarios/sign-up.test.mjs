import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFor, freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal } from '../harness/people.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

test('sign up, code, account, token, profile, restart, sign out', async (t) => {
  const device = new NativeDevice();
  let clerk = await device.start();
  const address = freshAddress('ada');
  const password = freshPassword();

  await t.test('an attempt says what is missing', async () => {
    const attempt = await clerk.client.signUp.create({ emailAddress: address });
    assert.equal(attempt.status, 'missing_requirements');
    assert.deepEqual(attempt.missingFields, ['password']);
    assert.deepEqual(attempt.unverifiedFields, ['email_address']);
    assert.equal(attempt.emailAddress, address);
    assert.equal(attempt.createdSessionId, null);
    assert.ok(device.token, 'the first change hands out a client token');
    assert.notEqual(attempt.verifications.emailAddress.strategy, 'email_code', 'nothing is prepared yet');
  });

  await t.test('a weak password is refused at its field and changes nothing', async () => {
    const error = await refusal(() => clerk.client.signUp.update({ password: 'short' }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_password_length_too_short');
    assert.equal(error.param, 'password');
    assert.equal(clerk.client.signUp.hasPassword, false);
  });

  await t.test('password and names complete it but for the address', async () => {
    const attempt = await clerk.client.signUp.update({ password, firstName: 'Ada', lastName: 'Lovelace' });
    assert.deepEqual(attempt.missingFields, []);
    assert.deepEqual(attempt.unverifiedFields, ['email_address']);
    assert.equal(attempt.hasPassword, true);
    assert.equal(attempt.firstName, 'Ada');
  });

  await t.test('attempting before preparing is refused', async () => {
    const error = await refusal(() => clerk.client.signUp.attemptEmailAddressVerification({ code: '000000' }));
    assert.equal(error.status, 400);
    assert.equal(error.code, 'verification_missing');
  });

  await t.test('preparing sends one message', async () => {
    const attempt = await clerk.client.signUp.prepareEmailAddressVerification({ strategy: 'email_code' });
    const { emailAddress } = attempt.verifications;
    assert.equal(emailAddress.status, 'unverified');
    assert.equal(emailAddress.strategy, 'email_code');
    assert.equal(emailAddress.nextAction, 'needs_attempt');
    assert.match(await codeFor(address), /^\d{6}$/);
    assert.equal((await outbox(address)).length, 1);
  });

  await t.test('a wrong code is refused at its field', async () => {
    const right = await codeFor(address);
    const wrong = right === '111111' ? '222222' : '111111';
    const error = await refusal(() => clerk.client.signUp.attemptEmailAddressVerification({ code: wrong }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_code_incorrect');
    assert.equal(error.param, 'code');
  });

  let sessionId;
  let userId;
  await t.test('the right code makes the account and its session', async () => {
    const attempt = await clerk.client.signUp.attemptEmailAddressVerification({ code: await codeFor(address) });
    assert.equal(attempt.status, 'complete');
    assert.match(attempt.createdSessionId, /^sess_/);
    assert.match(attempt.createdUserId, /^user_/);
    sessionId = attempt.createdSessionId;
    userId = attempt.createdUserId;
    assert.ok(clerk.client.sessions.some(({ id }) => id === sessionId), 'the piggybacked client holds the session');
    assert.equal(device.rotations, 2, 'the client token rotates when a session is added');
  });

  await t.test('the session becomes active', async () => {
    await clerk.setActive({ session: sessionId });
    assert.equal(clerk.isSignedIn, true);
    assert.equal(clerk.session.id, sessionId);
    assert.equal(clerk.session.status, 'active');
    assert.equal(clerk.user.id, userId);
    assert.equal(clerk.user.fullName, 'Ada Lovelace');
    assert.equal(clerk.user.primaryEmailAddress.emailAddress, address);
    assert.equal(clerk.user.primaryEmailAddress.verification.status, 'verified');
    assert.equal(clerk.user.passwordEnabled, true);
    assert.equal(clerk.user.twoFactorEnabled, false);
    assert.equal(clerk.client.lastActiveSessionId, sessionId);
  });

  await t.test('tokens verify against the published keys', async () => {
    await verifySessionToken(await clerk.session.getToken(), { userId, sessionId });
    const fresh = await clerk.session.getToken({ skipCache: true });
    await verifySessionToken(fresh, { userId, sessionId });
  });

  await t.test('the profile can be edited and read again', async () => {
    const before = clerk.user.updatedAt.getTime();
    await clerk.user.update({ firstName: 'Augusta', lastName: 'King' });
    assert.equal(clerk.user.fullName, 'Augusta King');
    assert.ok(clerk.user.updatedAt.getTime() > before, 'updated_at grows with every change');
    await clerk.user.reload();
    assert.equal(clerk.user.fullName, 'Augusta King');
  });

  await t.test('a restarted app is still signed in', async () => {
    clerk = await device.start();
    assert.equal(clerk.isSignedIn, true);
    assert.equal(clerk.session.id, sessionId);
    assert.equal(clerk.user.fullName, 'Augusta King');
    await verifySessionToken(await clerk.session.getToken(), { userId, sessionId });
  });

  await t.test('sign out ends everything on this device', async () => {
    await device.signOut();
    assert.equal(clerk.isSignedIn, false);
    assert.equal(clerk.user, null);
    clerk = await device.start();
    assert.equal(clerk.isSignedIn, false);
    assert.deepEqual(clerk.client.signedInSessions, []);
  });

  await t.test('the address is taken now', async () => {
    const error = await refusal(() => clerk.client.signUp.create({ emailAddress: address, password: freshPassword() }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_identifier_exists');
    assert.equal(error.param, 'email_address');
  });
});
