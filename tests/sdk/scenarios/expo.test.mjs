// A phone app: @clerk/expo's client factory, whose client token lives in secure storage.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpoDevice } from '../harness/expo-device.mjs';
import { codeFor, freshAddress, freshPassword } from '../harness/instance.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

test('sign up, token, restart with the kept token, sign in on another phone', async (t) => {
  const phone = new ExpoDevice();
  const person = { address: freshAddress('expo'), password: freshPassword() };
  let clerk = await phone.start();
  assert.equal(clerk.isSignedIn, false);
  assert.equal(phone.kept.size, 0, 'looking leaves nothing behind');

  await t.test('sign up', async () => {
    await clerk.client.signUp.create({ emailAddress: person.address, password: person.password });
    await clerk.client.signUp.prepareEmailAddressVerification({ strategy: 'email_code' });
    const done = await clerk.client.signUp.attemptEmailAddressVerification({ code: await codeFor(person.address) });
    assert.equal(done.status, 'complete');
    Object.assign(person, { userId: done.createdUserId, sessionId: done.createdSessionId });
    await clerk.setActive({ session: person.sessionId });
    assert.deepEqual([...phone.kept.keys()], ['__clerk_client_jwt'], 'one secret is kept');
  });

  await t.test('tokens verify', async () => {
    await verifySessionToken(await clerk.session.getToken({ skipCache: true }), person);
  });

  await t.test('a restarted app is signed in by what was kept', async () => {
    const before = clerk;
    clerk = await phone.start();
    assert.notEqual(clerk, before);
    assert.equal(clerk.user?.id, person.userId);
    await verifySessionToken(await clerk.session.getToken(), person);
  });

  await t.test('without it the app knows nobody', async () => {
    const [token] = phone.kept.values();
    phone.kept.clear();
    assert.equal((await phone.start()).isSignedIn, false);
    phone.kept.set('__clerk_client_jwt', token);
    assert.equal((await phone.start()).user?.id, person.userId);
  });

  await t.test('sign in on another phone, by password', async () => {
    const other = new ExpoDevice();
    const there = await other.start();
    const done = await there.client.signIn.create({ identifier: person.address, password: person.password });
    assert.equal(done.status, 'complete');
    await there.setActive({ session: done.createdSessionId });
    const mine = { userId: person.userId, sessionId: done.createdSessionId };
    await verifySessionToken(await there.session.getToken({ skipCache: true }), mine);
    assert.notEqual(done.createdSessionId, person.sessionId);
    assert.notEqual(other.kept.get('__clerk_client_jwt'), phone.kept.get('__clerk_client_jwt'));
  });
});
