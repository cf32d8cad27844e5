import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

test('two accounts on one device', async (t) => {
  const device = new NativeDevice();
  let clerk = await device.start();
  const first = await signUp(device, 'first', { firstName: 'First' });
  const second = await signUp(device, 'second', { firstName: 'Second' });
  const ids = () => clerk.client.signedInSessions.map(({ id }) => id).sort();
  const both = [first.sessionId, second.sessionId].sort();

  await t.test('both are signed in, the newer one is active', () => {
    assert.deepEqual(ids(), both);
    assert.equal(clerk.user.id, second.userId);
  });

  await t.test('switching changes who acts', async () => {
    await clerk.setActive({ session: first.sessionId });
    assert.equal(clerk.user.id, first.userId);
    await verifySessionToken(await clerk.session.getToken(), first);
    await clerk.user.update({ lastName: 'Person' });
    assert.equal(clerk.user.fullName, 'First Person');

    await clerk.setActive({ session: second.sessionId });
    assert.equal(clerk.user.id, second.userId);
    assert.equal(clerk.user.fullName, 'Second', 'the other account is untouched');
    await verifySessionToken(await clerk.session.getToken(), second);
  });

  await t.test('an account that is in is not signed in twice', async () => {
    const error = await refusal(() => clerk.client.signIn.create({ strategy: 'password', identifier: first.address, password: first.password }));
    assert.equal(error.status, 400);
    assert.equal(error.code, 'identifier_already_signed_in');
    assert.equal(error.errors[0].meta.sessionId, first.sessionId);
    assert.deepEqual(ids(), both);
  });

  await t.test('each account lists its own sessions', async () => {
    const sessions = await clerk.user.getSessions();
    assert.deepEqual(sessions.map(({ id }) => id), [second.sessionId]);
    const [{ latestActivity }] = sessions;
    assert.match(latestActivity.id, /^sess_activity_|^sess/);
    assert.equal(typeof latestActivity.isMobile, 'boolean');
  });

  await t.test('a restart finds both', async () => {
    clerk = await device.start();
    assert.deepEqual(ids(), both);
    assert.equal(clerk.session.id, second.sessionId, 'the one used last is active');
  });

  await t.test('signing one out leaves the other', async () => {
    await device.signOut({ sessionId: second.sessionId });
    assert.deepEqual(ids(), [first.sessionId]);
    await clerk.setActive({ session: first.sessionId });
    await verifySessionToken(await clerk.session.getToken({ skipCache: true }), first);
  });

  await t.test('signing out all leaves none', async () => {
    await clerk.client.signIn.create({ strategy: 'password', identifier: second.address, password: second.password });
    assert.equal(ids().length, 2);
    await device.signOut();
    clerk = await device.start();
    assert.deepEqual(ids(), []);
  });
});
