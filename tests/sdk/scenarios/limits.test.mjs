// What the owner limits: one session for each client, and how long a session lives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instance } from '../harness/instance.mjs';
import { startLimited } from '../harness/limited.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('one session for each client, and sessions that end', async (t) => {
  const server = await startLimited('[settings.policy.sessions]\nsingle_session = true\ninactivity_ms = 86_400_000\n');
  t.after(() => server.stop());
  const device = new NativeDevice();
  let clerk = await device.start();
  const first = await signUp(device, 'first');
  const again = { strategy: 'password', identifier: first.address, password: first.password };

  await t.test('nobody is added while somebody is signed in', async () => {
    const environment = await (await fetch(`${instance.origin}/v1/environment?_is_native=1`)).json();
    assert.equal(environment.auth_config.single_session_mode, true);
    for (const work of [
      () => clerk.client.signIn.create({}),
      () => clerk.client.signIn.create(again),
      () => clerk.client.signUp.create({ emailAddress: 'second@example.com' }),
    ]) {
      const { status, code } = await refusal(work);
      assert.deepEqual([status, code], [400, 'session_exists']);
    }
    assert.deepEqual(clerk.client.signedInSessions.map(({ id }) => id), [first.sessionId]);
    await verifySessionToken(await clerk.session.getToken({ skipCache: true }), first);
  });

  await t.test('who signs out makes room', async () => {
    await device.signOut();
    clerk = await device.start();
    const done = await clerk.client.signIn.create(again);
    assert.equal(done.status, 'complete');
    await clerk.setActive({ session: done.createdSessionId });
    assert.equal(clerk.user.id, first.userId);
  });

  await t.test('a session that nobody used for too long is over, and says why', async () => {
    const { id } = clerk.session;
    server.ahead(DAY - HOUR);
    assert.ok(await clerk.session.getToken({ skipCache: true }), 'use keeps it');
    server.ahead(2 * DAY - 2 * HOUR);
    await clerk.session.touch();
    server.ahead(3 * DAY);
    clerk = await device.start();
    assert.equal(clerk.user, null);
    assert.deepEqual(clerk.client.signedInSessions, []);
    assert.deepEqual(clerk.client.sessions.map((session) => [session.id, session.status]), [[id, 'expired']]);
  });

  await t.test('the same person signs in again, until the maximum lifetime', async () => {
    const done = await clerk.client.signIn.create(again);
    await clerk.setActive({ session: done.createdSessionId });
    for (let days = 1; days < 7; days += 1) {
      server.ahead((3 + days) * DAY - days * HOUR);
      await clerk.session.touch();
    }
    server.ahead(10 * DAY);
    clerk = await device.start();
    assert.equal(clerk.user, null);
    assert.deepEqual(clerk.client.sessions.map(({ id, status }) => [id, status]), [[done.createdSessionId, 'expired']]);
  });
});
