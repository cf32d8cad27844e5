// Accounts elsewhere over two servers: no step of the way out and back needs the server of the step before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startConnected } from '../harness/connected.mjs';
import { APP, atOpenIdProvider, transport } from '../harness/elsewhere.mjs';
import { freshAddress, instance } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { REPLICA } from '../harness/replicas.mjs';
import { Visitor } from '../harness/visitor.mjs';

const STRATEGY = 'oauth_google';

test('what one server begins, any server takes back and redeems', async (t) => {
  await startConnected(t);
  const callback = `${instance.origin}/v1/oauth_callback`;
  const ada = { address: freshAddress('ada') };
  const visitor = new Visitor();
  const way = transport(visitor);
  way.fill = await atOpenIdProvider(ada);

  for (const [kind, begins, comesBack, redeems] of [
    ['signUp', 0, 1, 0], ['signIn', 0, 1, 0], ['signIn', 1, 0, 1], ['signUp', 0, 1, 1], ['signIn', 1, 1, 0],
  ]) {
    await t.test(`${kind}: begun at ${begins}, back at ${comesBack}, redeemed at ${redeems}`, async () => {
      const headers = { [REPLICA]: String(begins) };
      visitor.headers = { [REPLICA]: String(comesBack) };
      way.arrived = async () => { headers[REPLICA] = String(redeems); };
      const device = new NativeDevice();
      const clerk = await device.start({ headers, __internal_oauthTransport: way });
      assert.deepEqual(await device.authenticate(clerk.client[kind], STRATEGY), []);
      ada.userId ??= clerk.user.id;
      assert.equal(clerk.user.id, ada.userId);
      assert.equal(clerk.client.signedInSessions.length, 1);
    });
  }

  await t.test('a callback that reaches both at once counts once, and so does the nonce', async () => {
    const device = new NativeDevice();
    const open = async (url) => {
      const back = await visitor.follow(url, callback, way.fill);
      const both = await Promise.all([0, 1].map((server) => visitor.look({ method: 'GET', url: back }, { [REPLICA]: server })));
      assert.deepEqual(both.map(({ status }) => status).sort(), [303, 400]);
      const { location } = both.find(({ status }) => status === 303);
      assert.ok(location.startsWith(APP));
      const nonce = new URL(location).searchParams.get('rotating_token_nonce');
      const path = `/v1/client/sign_ins/${device.clerk.client.signIn.id}?_is_native=1&rotating_token_nonce=${nonce}`;
      const redeemed = await Promise.all([0, 1].map((server) => fetch(`${instance.origin}${path}`, {
        headers: { authorization: device.token, [REPLICA]: String(server) },
      })));
      const bodies = await Promise.all(redeemed.map((answer) => answer.json()));
      assert.deepEqual(redeemed.map(({ status }) => status), [200, 200]);
      const sessions = bodies.map(({ response }) => response.created_session_id);
      assert.match(sessions[0], /^sess_/);
      assert.equal(sessions[0], sessions[1]);
      device.token = redeemed.map((answer) => answer.headers.get('authorization')).find(Boolean) ?? device.token;
      return { callbackUrl: location };
    };
    const clerk = await device.start({ __internal_oauthTransport: { ...way, open } });
    assert.deepEqual(await device.authenticate(clerk.client.signIn, STRATEGY), []);
    assert.equal(clerk.user.id, ada.userId);
    assert.equal(clerk.client.signedInSessions.length, 1);
  });
});
