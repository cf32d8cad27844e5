// The other side of a session token: an application's backend with @clerk/backend, without a request to anybody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { instance } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { signUp } from '../harness/people.mjs';
import { parts, publishedKey } from '../harness/session-token.mjs';

test('a backend accepts the token and refuses a forged one', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'backend');
  const token = await clerk.session.getToken();
  const key = await publishedKey(parts(token).header.kid);
  const jwtKey = key.export({ type: 'spki', format: 'pem' }).toString();

  const claims = await verifyToken(token, { jwtKey });
  assert.equal(claims.sub, person.userId);
  assert.equal(claims.sid, person.sessionId);

  const [header, body, signature] = token.split('.');
  const forged = { ...parts(token).claims, sub: 'user_somebody_else' };
  const body2 = Buffer.from(JSON.stringify(forged)).toString('base64url');
  assert.notEqual(body2, body);
  await assert.rejects(verifyToken(`${header}.${body2}.${signature}`, { jwtKey }));

  const backend = createClerkClient({ publishableKey: instance.keys.publishable_key, secretKey: instance.keys.secret_key, jwtKey });
  const state = await backend.authenticateRequest(
    new Request('http://127.0.0.1/private', { headers: { authorization: `Bearer ${token}` } }),
    { jwtKey },
  );
  assert.equal(state.isAuthenticated, true, state.message ?? state.reason);
  assert.equal(state.toAuth().userId, person.userId);
});
