// The two APIs in examples/ check tokens: one in Rust by itself, one with @clerk/express.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { createClerkClient } from '@clerk/backend';
import { startExample, startProgram } from '../harness/examples.mjs';
import { instance } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { signUp } from '../harness/people.mjs';

test('APIs in Rust and with Express open their doors to the right tokens alone', async (t) => {
  const { secret_key: secretKey, publishable_key: publishableKey } = instance.keys;
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'apis');
  const backend = createClerkClient({ publishableKey, secretKey, apiUrl: instance.origin });
  const claims = (aud) => ({ aud, role: "{{user.public_metadata.role || 'guest'}}" });
  await backend.jwtTemplates.create({ name: 'report', lifetime: 300, claims: claims('report') });
  await backend.jwtTemplates.create({ name: 'other', lifetime: 300, claims: claims('other') });
  const [session, report, other] = [
    await clerk.session.getToken(), await clerk.session.getToken({ template: 'report' }), await clerk.session.getToken({ template: 'other' }),
  ];
  const cut = (token) => token.slice(0, -8);
  // The packages' guard of this process lets requests to the instance alone through; these go to the examples.
  const ask = (url, token) => new Promise((resolve, reject) => {
    const sent = request(url, { headers: token ? { authorization: `Bearer ${token}` } : {} }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => { body += chunk; });
      answer.on('end', () => resolve({ status: answer.statusCode, body: JSON.parse(body) }));
    });
    sent.on('error', reject).end();
  });
  const apis = {
    'axum-api': await startProgram('axum-api', { PORT: '0', CLERK_API_URL: instance.keys.frontend_api }),
    'express-api': await startExample('express-api', ['server.mjs'], { PORT: '0' }),
  };
  t.after(() => Object.values(apis).forEach((api) => api.stop()));
  for (const [name, { origin }] of Object.entries(apis)) {
    await t.test(name, async () => {
      const me = await ask(`${origin}/api/me`, session);
      assert.deepEqual([me.status, me.body.userId], [200, person.userId]);
      const reported = await ask(`${origin}/api/report`, report);
      assert.deepEqual([reported.status, reported.body], [200, { userId: person.userId, role: 'guest' }]);
      for (const wrong of [undefined, report, other, cut(session), device.token, secretKey]) {
        assert.equal((await ask(`${origin}/api/me`, wrong)).status, 401, `me with ${wrong}`);
      }
      for (const wrong of [undefined, session, other, cut(report), device.token, secretKey]) {
        assert.equal((await ask(`${origin}/api/report`, wrong)).status, 401, `report with ${wrong}`);
      }
    });
  }
});
