// The two APIs in examples/ check tokens: one in Rust by itself, one in TypeScript with @clerk/express. So does the script
// with curl.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { createClerkClient } from '@clerk/backend';
import { checkTypes, runScript, startExample, startProgram } from '../harness/examples.mjs';
import { instance } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { signUp } from '../harness/people.mjs';
import { parts } from '../harness/session-token.mjs';

test('the types of the API in TypeScript fit', async () => {
  assert.deepEqual(await checkTypes('express-api'), { code: 0, said: '', complained: '' });
});

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
    'express-api': await startExample('express-api', ['--import', 'tsx', 'server.ts'], { PORT: '0' }),
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

  await t.test('curl-openssl', async () => {
    const issuer = instance.keys.frontend_api;
    const check = (token, url = issuer) => runScript('curl-openssl', 'verify.sh', { TOKEN: token, CLERK_API_URL: url });
    const good = await check(session);
    assert.deepEqual([good.code, good.complained], [0, '']);
    assert.equal(JSON.parse(good.said).sub, person.userId);
    // The script reads the clock; everything else that can be wrong is made here.
    const [header, payload, signature] = session.split('.');
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { kid } = parts(session).header;
    for (const [why, token] of [
      ['it is no JWT', 'nothing'],
      ['it is no JWT', device.token.replaceAll('.', '')],
      ['no such key', `${encode({ alg: 'RS256', kid: 'key_other' })}.${payload}.${signature}`],
      ['no such key', `${encode({ alg: 'RS256', kid: '" or true or "' })}.${payload}.${signature}`],
      ['the signature is not right', cut(session)],
      ['the signature is not right', `${header}.${encode({ ...parts(session).claims, sub: 'user_else' })}.${signature}`],
      ['the signature is not right', `${encode({ alg: 'none', kid })}.${payload}.${signature}`],
      ['it is no session token', report],
    ]) {
      const { code, said, complained } = await check(token);
      assert.deepEqual([code, said], [1, ''], `${why}: ${token}`);
      assert.ok(complained.includes(why), `${complained} instead of ${why}`);
    }
    const { code, said, complained } = await check(session, issuer.replace('127.0.0.1', 'localhost'));
    assert.deepEqual([code, said, complained.trim()], [1, '', 'another instance issued it']);
  });
});
