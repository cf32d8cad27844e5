// Tokens as applications ask for them and APIs check them: the cache of @clerk/clerk-js, JWT templates, claims of the
// owner's own, and a change of the key that signs.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { instance } from '../harness/instance.mjs';
import { NativeDevice, requests } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';
import { parts, publishedKey } from '../harness/session-token.mjs';

const execute = promisify(execFile);
const { secret_key: secretKey } = instance.keys;
const backend = createClerkClient({ publishableKey: instance.keys.publishable_key, secretKey, apiUrl: instance.origin });
const name = () => `t-${randomBytes(6).toString('hex')}`;
/** How often a token was asked for since the beginning. */
const minted = () => requests.filter(({ path }) => path.includes('/tokens')).length;

test('tokens of a template', async (t) => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'template', { firstName: 'Ada' });
  await backend.users.updateUserMetadata(person.userId, { publicMetadata: { role: 'admin', level: 7 } });
  const template = await backend.jwtTemplates.create({
    name: name(), lifetime: 300, allowedClockSkew: 10,
    claims: { aud: 'report', role: '{{user.public_metadata.role}}', level: '{{user.public_metadata.level}}', hello: 'Hi {{user.first_name}}' },
  });
  const ask = (options) => clerk.session.getToken({ template: template.name, ...options });

  await t.test('it says what the template says', async () => {
    const token = await ask();
    const claims = await verifyToken(token, { secretKey, apiUrl: instance.origin, audience: 'report' });
    const { role, level, hello, sub, sid, exp, iat, nbf } = claims;
    assert.deepEqual({ role, level, hello, sub, sid }, { role: 'admin', level: 7, hello: 'Hi Ada', sub: person.userId, sid: undefined });
    assert.deepEqual([exp - iat, iat - nbf], [300, 10]);
  });

  await t.test('it comes from the cache until somebody wants another', async () => {
    const token = await ask();
    const before = minted();
    assert.equal(await ask(), token);
    assert.equal(minted(), before, 'nobody was asked');
    await backend.users.updateUserMetadata(person.userId, { publicMetadata: { role: 'guest' } });
    const next = await ask({ skipCache: true });
    assert.equal(minted(), before + 1);
    assert.equal(parts(next).claims.role, 'guest', 'the next token knows the change');
    const [one, two, three] = await Promise.all([ask(), ask(), clerk.session.getToken()]);
    assert.equal(one, two);
    assert.notEqual(one, three, 'a session token is another one');
    assert.equal(parts(three).claims.sid, person.sessionId);
  });

  await t.test('it is not taken for a session token', async () => {
    const token = await ask();
    const jwtKey = (await publishedKey(parts(token).header.kid)).export({ type: 'spki', format: 'pem' }).toString();
    const request = new Request('http://127.0.0.1/private', { headers: { authorization: `Bearer ${token}` } });
    const state = await backend.authenticateRequest(request, { jwtKey });
    assert.equal(state.isAuthenticated, false);
  });

  await t.test('the owner\'s server gets one too, for as long as it says', async () => {
    const { jwt } = await backend.sessions.getToken(person.sessionId, template.name, 60);
    const { exp, iat, aud } = await verifyToken(jwt, { secretKey, apiUrl: instance.origin });
    assert.deepEqual([exp - iat, aud], [60, 'report']);
  });

  await t.test('templates are listed, read, changed and deleted', async () => {
    const { data, totalCount } = await backend.jwtTemplates.list({ limit: 500 });
    assert.ok(totalCount >= 1 && data.some(({ id }) => id === template.id));
    assert.equal((await backend.jwtTemplates.get(template.id)).lifetime, 300);
    const changed = await backend.jwtTemplates.update({ templateId: template.id, name: template.name, claims: { aud: 'other' }, lifetime: 60 });
    assert.deepEqual([changed.lifetime, changed.claims], [60, { aud: 'other' }]);
    assert.equal(parts(await ask({ skipCache: true })).claims.aud, 'other');
    await assert.rejects(backend.jwtTemplates.create({ name: name(), claims: { sub: 'user_else' } }), ({ status, errors }) => {
      assert.deepEqual([status, errors[0].code], [400, 'jwt_template_reserved_claim']);
      return true;
    });
    await backend.jwtTemplates.delete(template.id);
    const { status, code } = await refusal(() => ask({ skipCache: true }));
    assert.deepEqual([status, code], [404, 'resource_not_found']);
  });
});

test('a key of the template\'s own', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'own-key');
  const secret = randomBytes(48).toString('hex');
  const template = await backend.jwtTemplates.create({
    name: name(), claims: { role: 'authenticated' }, customSigningKey: true, signingAlgorithm: 'HS256', signingKey: secret,
  });
  const token = await clerk.session.getToken({ template: template.name });
  const { createHmac } = await import('node:crypto');
  const { header, claims, signed, signature } = parts(token);
  assert.deepEqual([header.alg, claims.sub, claims.role], ['HS256', person.userId, 'authenticated']);
  assert.deepEqual(createHmac('sha256', secret).update(signed).digest(), signature);
  await backend.jwtTemplates.delete(template.id);
});

test('tokens of either kind are good while another key is published', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'rotation');
  const template = await backend.jwtTemplates.create({ name: name(), claims: { aud: 'report' }, lifetime: 300 });
  const both = async () => [
    await clerk.session.getToken({ skipCache: true }), await clerk.session.getToken({ template: template.name, skipCache: true }),
  ];
  const verify = async (tokens) => {
    for (const token of tokens) {
      const { kid } = parts(token).header;
      const jwtKey = (await publishedKey(kid)).export({ type: 'spki', format: 'pem' }).toString();
      for (const how of [{ secretKey, apiUrl: instance.origin, skipJwksCache: true }, { jwtKey }]) {
        assert.equal((await verifyToken(token, how)).sub, person.userId);
      }
    }
  };
  const before = await both();
  await verify(before);
  const { stdout } = await execute(instance.program, ['rotate-key', '--signing', '--data', instance.data]);
  const kid = /key_\w+/.exec(stdout)[0];
  // Every server of the instance looks for new keys now and then, and they answer in turn.
  const publishes = async () => (await (await fetch(instance.keys.jwks_url)).json()).keys.some((key) => key.kid === kid);
  for (let seen = 0; seen < 4;) {
    seen = (await publishes()) ? seen + 1 : 0;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  await verify(before);
  await verify(await both());
  await backend.jwtTemplates.delete(template.id);
});
