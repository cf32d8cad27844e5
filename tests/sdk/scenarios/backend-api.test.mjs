// An application's server with @clerk/backend, which manages users and sessions by the Backend API.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { freshAddress, freshPassword, instance } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { signUp } from '../harness/people.mjs';

const { publishable_key: publishableKey, secret_key: secretKey } = instance.keys;
const backend = createClerkClient({ publishableKey, secretKey, apiUrl: instance.origin });

/** What the instance refuses, as the package presents it. */
async function refusal(work) {
  const error = await work.then((answer) => assert.fail(`answered ${JSON.stringify(answer)}`), (refused) => refused);
  assert.match(error.clerkTraceId, /^[0-9a-f]{32}$/);
  return { status: error.status, code: error.errors[0].code, param: error.errors[0].meta?.paramName };
}

/** A device with the package loaded. */
async function started() {
  const device = new NativeDevice();
  await device.start();
  return device;
}

test('users are created, found, changed and deleted', async () => {
  const address = freshAddress('managed');
  const password = freshPassword();
  const made = await backend.users.createUser({
    emailAddress: [address],
    password,
    firstName: 'Ada',
    lastName: 'Lovelace',
    externalId: address,
    publicMetadata: { planTier: 'pro' },
    privateMetadata: { riskScore: { lastRun: 3 } },
    createdAt: new Date('2020-02-29T12:00:00.5Z'),
  });
  assert.equal(made.primaryEmailAddress.emailAddress, address);
  assert.equal(made.primaryEmailAddress.verification.status, 'verified');
  assert.equal(made.createdAt, Date.parse('2020-02-29T12:00:00.5Z'));
  assert.deepEqual(made.privateMetadata, { riskScore: { lastRun: 3 } });
  assert.equal(made.passwordEnabled, true);

  const found = await backend.users.getUserList({ emailAddress: [address], limit: 5 });
  assert.equal(found.totalCount, 1);
  assert.deepEqual(found.data.map((user) => user.id), [made.id]);
  assert.equal((await backend.users.getUserList({ externalId: [address] })).data[0].id, made.id);
  assert.equal((await backend.users.getUserList({ query: address.slice(0, 20), orderBy: '-created_at' })).totalCount, 1);
  assert.equal(await backend.users.getCount({ userId: [made.id] }), 1);
  assert.equal((await backend.users.getUser(made.id)).fullName, 'Ada Lovelace');

  const changed = await backend.users.updateUser(made.id, { firstName: 'Augusta', unsafeMetadata: { theme: 'dark' } });
  assert.equal(changed.firstName, 'Augusta');
  assert.deepEqual(changed.unsafeMetadata, { theme: 'dark' });
  const merged = await backend.users.updateUserMetadata(made.id, {
    publicMetadata: { planTier: null, seats: 3 },
    privateMetadata: { riskScore: { next: 4 } },
  });
  assert.deepEqual(merged.publicMetadata, { seats: 3 });
  assert.deepEqual(merged.privateMetadata, { riskScore: { lastRun: 3, next: 4 } });
  const replaced = await backend.users.replaceUserMetadata(made.id, { privateMetadata: {} });
  assert.deepEqual(replaced.privateMetadata, {});

  const device = new NativeDevice();
  const clerk = await device.start();
  const signedIn = await clerk.client.signIn.create({ identifier: address, password });
  assert.equal(signedIn.status, 'complete');
  await clerk.setActive({ session: signedIn.createdSessionId });
  assert.deepEqual(clerk.user.publicMetadata, { seats: 3 });

  const deleted = await backend.users.deleteUser(made.id);
  assert.deepEqual([deleted.id, deleted.deleted], [made.id, true]);
  assert.deepEqual(await refusal(backend.users.getUser(made.id)), {
    status: 404, code: 'resource_not_found', param: undefined,
  });
});

test('sessions and clients are listed and ended', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'watched');

  const { data, totalCount } = await backend.sessions.getSessionList({ userId: person.userId, status: 'active' });
  assert.equal(totalCount, 1);
  assert.equal(data[0].id, person.sessionId);
  assert.equal(data[0].userId, person.userId);
  assert.ok(data[0].latestActivity.id);
  const client = await backend.clients.getClient(data[0].clientId);
  assert.deepEqual(client.sessionIds, [person.sessionId]);
  assert.equal((await backend.clients.verifyClient(device.token)).id, client.id);

  const token = await clerk.session.getToken();
  const claims = await verifyToken(token, { secretKey, apiUrl: instance.origin });
  assert.equal(claims.sid, person.sessionId, 'verified with the keys of /v1/jwks');

  const handed = await backend.sessions.getToken(person.sessionId);
  assert.equal((await verifyToken(handed.jwt, { secretKey, apiUrl: instance.origin })).sid, person.sessionId);
  const begun = await backend.sessions.createSession({ userId: person.userId });
  assert.equal(begun.status, 'active');

  assert.equal((await backend.sessions.revokeSession(person.sessionId)).status, 'revoked');
  assert.equal((await backend.sessions.getSession(person.sessionId)).status, 'revoked');
  await assert.rejects(clerk.session.getToken({ skipCache: true }));
});

test('addresses are given to a user and taken away', async () => {
  const person = await signUp(await started(), 'addressed');
  const emailAddress = freshAddress('given');
  const given = await backend.emailAddresses.createEmailAddress({ userId: person.userId, emailAddress, verified: true });
  assert.deepEqual([given.emailAddress, given.verification.status], [emailAddress, 'verified']);
  assert.equal((await backend.emailAddresses.getEmailAddress(given.id)).id, given.id);
  await backend.emailAddresses.updateEmailAddress(given.id, { primary: true });
  assert.equal((await backend.users.getUser(person.userId)).primaryEmailAddressId, given.id);
  const signedIn = await (await started()).clerk.client.signIn.create({ identifier: emailAddress, password: person.password });
  assert.equal(signedIn.status, 'complete');
  assert.equal((await backend.emailAddresses.deleteEmailAddress(given.id)).deleted, true);
  const user = await backend.users.getUser(person.userId);
  assert.equal(user.primaryEmailAddress.emailAddress, person.address);
  const last = await refusal(backend.emailAddresses.deleteEmailAddress(user.primaryEmailAddressId));
  assert.equal(last.code, 'last_required_identification_deletion_failed');
});

test('a sign-in token signs in once, and a revoked one never', async () => {
  const person = await signUp(await started(), 'ticketed');
  const given = await backend.signInTokens.createSignInToken({ userId: person.userId, expiresInSeconds: 600 });
  assert.deepEqual([given.userId, given.status], [person.userId, 'pending']);

  const device = await started();
  const done = await device.clerk.client.signIn.create({ strategy: 'ticket', ticket: given.token });
  assert.equal(done.status, 'complete');
  assert.equal(done.firstFactorVerification.strategy, 'ticket');
  await device.clerk.setActive({ session: done.createdSessionId });
  assert.equal(device.clerk.user.id, person.userId);
  assert.ok(await device.clerk.session.getToken());

  const late = (await started()).clerk.client.signIn.create({ strategy: 'ticket', ticket: given.token });
  await assert.rejects(late, (error) => error.errors[0].code === 'sign_in_token_already_used_code');
  assert.equal((await refusal(backend.signInTokens.revokeSignInToken(given.id))).code, 'sign_in_token_cannot_be_revoked_code');
  const second = await backend.signInTokens.createSignInToken({ userId: person.userId, expiresInSeconds: 600 });
  assert.equal((await backend.signInTokens.revokeSignInToken(second.id)).status, 'revoked');
  const revoked = (await started()).clerk.client.signIn.create({ strategy: 'ticket', ticket: second.token });
  await assert.rejects(revoked, (error) => error.errors[0].code === 'sign_in_token_revoked_code');
});

test('a test suite gets its token, and addresses are listed', async () => {
  // The package hands this object on as it travels.
  const { token, expires_at: expiresAt } = await backend.testingTokens.createTestingToken();
  assert.ok(token && expiresAt > Date.now() / 1000);
  const answer = await fetch(`${instance.origin}/v1/client/sign_ins?_is_native=1&__clerk_testing_token=${token}`, { method: 'POST' });
  assert.equal((await answer.json()).client.captcha_bypass, true);

  const url = `com.example.app${Date.now()}://callback`;
  const listed = await backend.redirectUrls.createRedirectUrl({ url });
  assert.equal(listed.url, url);
  assert.equal((await backend.redirectUrls.getRedirectUrl(listed.id)).id, listed.id);
  const { data, totalCount } = await backend.redirectUrls.getRedirectUrlList();
  assert.ok(totalCount >= 1 && data.some((entry) => entry.id === listed.id));
  assert.equal((await backend.redirectUrls.deleteRedirectUrl(listed.id)).deleted, true);
  assert.equal((await refusal(backend.redirectUrls.getRedirectUrl(listed.id))).code, 'resource_not_found');
});

test('the instance is looked at and set', async () => {
  const shown = await backend.instance.get();
  assert.equal(shown.environmentType, 'development');
  const origin = 'https://scenario.example.net';
  await backend.instance.update({ allowedOrigins: [...(shown.allowedOrigins ?? []), origin] });
  assert.ok((await backend.instance.get()).allowedOrigins.includes(origin));
  await backend.instance.update({ allowedOrigins: shown.allowedOrigins ?? [] });
  assert.deepEqual((await backend.instance.get()).allowedOrigins, shown.allowedOrigins);
  assert.equal((await backend.instance.updateRestrictions({ allowlist: false })).allowlist, false);
  // One that is in nobody's way here: others sign up at this instance meanwhile.
  const blocked = await backend.instance.updateRestrictions({ blockDisposableEmailDomains: true });
  assert.deepEqual([blocked.blockDisposableEmailDomains, blocked.allowlist], [true, false]);
  const open = await backend.instance.updateRestrictions({ blockDisposableEmailDomains: false });
  assert.equal(open.blockDisposableEmailDomains, false);
});

test('people are kept out and let in again', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'banned');
  const signIn = () => clerk.client.signIn.create({ identifier: person.address, password: person.password });

  assert.deepEqual(await backend.users.verifyPassword({ userId: person.userId, password: person.password }), {
    verified: true,
  });
  const wrong = await refusal(backend.users.verifyPassword({ userId: person.userId, password: 'not it' }));
  assert.equal(wrong.code, 'form_password_incorrect');

  assert.equal((await backend.users.banUser(person.userId)).banned, true);
  await assert.rejects(clerk.session.getToken({ skipCache: true }));
  await assert.rejects(signIn(), (error) => error.errors[0].code === 'user_banned');
  assert.equal((await backend.users.unbanUser(person.userId)).banned, false);
  assert.equal((await backend.users.lockUser(person.userId)).locked, true);
  await assert.rejects(signIn(), (error) => error.errors[0].code === 'user_locked');
  assert.equal((await backend.users.unlockUser(person.userId)).locked, false);
  assert.equal((await signIn()).status, 'complete');
});

test('refusals reach the package as it expects them', async () => {
  const stranger = createClerkClient({ publishableKey, secretKey: `${secretKey}0`, apiUrl: instance.origin });
  assert.deepEqual(await refusal(stranger.users.getUserList()), {
    status: 401, code: 'clerk_key_invalid', param: undefined,
  });
  assert.deepEqual(await refusal(backend.users.createUser({ emailAddress: ['nonsense'], password: freshPassword() })), {
    status: 422, code: 'form_param_format_invalid', param: 'email_address',
  });
  assert.deepEqual(await refusal(backend.users.getUserList({ limit: 501 })), {
    status: 422, code: 'form_param_value_invalid', param: 'limit',
  });
});
