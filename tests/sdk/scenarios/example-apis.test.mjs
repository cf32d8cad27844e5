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

  await t.test('a token that another page asked for is refused where the pages are listed', async (t) => {
    const [ours, other] = ['http://localhost:5173', 'http://localhost:5174'];
    const listed = { PORT: '0', AUTHORIZED_PARTIES: `${ours}, https://pier.example` };
    const strict = {
      'axum-api': await startProgram('axum-api', { ...listed, CLERK_API_URL: instance.keys.frontend_api }),
      'express-api': await startExample('express-api', ['--import', 'tsx', 'server.ts'], listed),
    };
    t.after(() => Object.values(strict).forEach((api) => api.stop()));
    const [page, another] = [await tokensOfPage(ours, person), await tokensOfPage(other, person)];
    assert.deepEqual([page, another].map((tokens) => parts(tokens.session).claims.azp), [ours, other]);
    for (const [name, { origin }] of Object.entries(strict)) {
      // @clerk/express takes nobody without a page then.
      const nativeStatus = name === 'axum-api' ? 200 : 401;
      for (const [path, native, kind] of [['/api/me', session, 'session'], ['/api/report', report, 'report']]) {
        assert.equal((await ask(`${origin}${path}`, native)).status, nativeStatus, `${name} ${path}, native`);
        assert.equal((await ask(`${origin}${path}`, page[kind])).status, 200, `${name} ${path}, ours`);
        assert.equal((await ask(`${origin}${path}`, another[kind])).status, 401, `${name} ${path}, another page`);
        assert.equal((await ask(`${apis[name].origin}${path}`, another[kind])).status, 200, `${name} ${path}, nobody listed`);
      }
    }
  });

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

/** Tokens as a page of this origin gets them: it signs in by password, with cookies. */
async function tokensOfPage(origin, { address, password }) {
  let cookie = '';
  const post = async (path, form = {}) => {
    const headers = { origin, cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await new Promise((resolve, reject) => {
      const sent = request(`${instance.origin}${path}`, { method: 'POST', headers }, resolve);
      sent.on('error', reject).end(new URLSearchParams(form).toString());
    });
    const lines = answer.headers['set-cookie'] ?? [];
    cookie = [cookie, ...lines.map((line) => line.split(';')[0])].filter(Boolean).join('; ');
    const body = JSON.parse((await answer.toArray()).join(''));
    assert.equal(answer.statusCode, 200, JSON.stringify(body));
    return body;
  };
  const { response } = await post('/v1/client/sign_ins', { strategy: 'password', identifier: address, password });
  const tokens = `/v1/client/sessions/${response.created_session_id}/tokens`;
  return { session: (await post(tokens)).jwt, report: (await post(`${tokens}/report`)).jwt };
}
