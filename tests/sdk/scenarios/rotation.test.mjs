// A change of the key that signs, up to tokens of the new key and past the end of the old one.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { runScript, startExample, startProgram } from '../harness/examples.mjs';
import { instance } from '../harness/instance.mjs';
import { startLimited } from '../harness/limited.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { signUp } from '../harness/people.mjs';
import { parts, publishedKey, verifySessionToken } from '../harness/session-token.mjs';

const execute = promisify(execFile);
/** A new key signs a minute after it was made; one that was made so long ago does at once. */
const BEFORE_MS = 90_000;
/** The first key is older than that. */
const FIRST_MS = 10 * BEFORE_MS;
/** For so long at least an old key is published. */
const DAY_MS = 24 * 3_600_000;

test('tokens are good before and after the new key signs', async (t) => {
  const server = await startLimited('', -FIRST_MS);
  t.after(() => server.stop());
  server.ahead(0);
  const { secret_key: secretKey, publishable_key: publishableKey, frontend_api: issuer, jwks_url: jwksUrl } = instance.keys;
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'rotation');
  const backend = createClerkClient({ publishableKey, secretKey, apiUrl: instance.origin });
  await backend.jwtTemplates.create({ name: 'report', lifetime: 300, claims: { aud: 'report', role: 'guest' } });
  const session = () => clerk.session.getToken({ skipCache: true });
  const report = () => clerk.session.getToken({ template: 'report', skipCache: true });
  const kidOf = (token) => parts(token).header.kid;
  const published = async () => (await (await fetch(jwksUrl)).json()).keys.map(({ kid }) => kid);
  const variables = { CLERK_API_URL: issuer, CLERK_SECRET_KEY: secretKey, CLERK_PUBLISHABLE_KEY: publishableKey };
  const express = await startExample('express-api', ['--import', 'tsx', 'server.ts'], { ...variables, PORT: '0' });
  t.after(() => express.stop());
  /** The APIs that keep keys of before. */
  const apis = { 'express-api': express };
  const status = (url, token) => new Promise((resolve, reject) => {
    const sent = request(url, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject).end();
  });

  /** By everything that checks tokens; each keeps the keys that it has read. */
  const checkAll = async (ofSession, ofReport) => {
    await verifySessionToken(ofSession, person);
    for (const token of [ofSession, ofReport]) {
      const jwtKey = (await publishedKey(kidOf(token))).export({ type: 'spki', format: 'pem' }).toString();
      for (const how of [{ secretKey, apiUrl: instance.origin }, { jwtKey }]) {
        assert.equal((await verifyToken(token, how)).sub, person.userId);
      }
    }
    const asked = new Request('http://127.0.0.1/private', { headers: { authorization: `Bearer ${ofSession}` } });
    const state = await backend.authenticateRequest(asked, {});
    assert.equal(state.toAuth()?.userId, person.userId, state.reason);
    for (const [name, { origin }] of Object.entries(apis)) {
      assert.equal(await status(`${origin}/api/me`, ofSession), 200, name);
      assert.equal(await status(`${origin}/api/report`, ofReport), 200, name);
    }
    const byHand = await runScript('curl-openssl', 'verify.sh', { TOKEN: ofSession, CLERK_API_URL: issuer });
    assert.deepEqual([byHand.code, byHand.complained], [0, '']);
  };

  const before = [await session(), await report()];
  const old = kidOf(before[0]);
  await checkAll(...before);

  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-rotation-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  /** Adds a key, so many milliseconds from now. Answers with its name. */
  const rotate = async (ahead) => {
    const clock = join(folder, 'clock');
    writeFileSync(clock, String(ahead));
    const env = { ...process.env, FRONTDESK_TEST_CLOCK: clock };
    const { stdout } = await execute(instance.program, ['rotate-key', '--signing', '--data', instance.data], { env });
    return /key_\w+/.exec(stdout)[0];
  };
  /** The server looks for keys now and then. */
  const until = async (isSo) => {
    while (!(await isSo())) await new Promise((resolve) => { setTimeout(resolve, 200); });
  };

  let fresh;
  await t.test('the new key signs', async () => {
    fresh = await rotate(-BEFORE_MS);
    assert.notEqual(fresh, old);
    await until(async () => kidOf(await session()) === fresh);
    assert.equal(kidOf(await report()), fresh);
    assert.deepEqual((await published()).sort(), [old, fresh].sort());
  });

  await t.test('tokens of both keys are good', async () => {
    // It asks for unknown keys twice a minute at most; a key is published for longer before it signs, but not here.
    apis['axum-api'] = await startProgram('axum-api', { ...variables, PORT: '0' });
    t.after(() => apis['axum-api'].stop());
    await checkAll(await session(), await report());
    await checkAll(before[0], before[1]);
  });

  await t.test('the next change, a day later, forgets the first key and nothing else', async () => {
    server.ahead(DAY_MS);
    const next = await rotate(DAY_MS);
    await until(async () => (await published()).includes(next));
    assert.deepEqual((await published()).sort(), [fresh, next].sort());
    const how = { secretKey, apiUrl: instance.origin, skipJwksCache: true, clockSkewInMs: DAY_MS + 60_000 };
    const { code, complained } = await runScript('curl-openssl', 'verify.sh', { TOKEN: before[0], CLERK_API_URL: issuer });
    assert.deepEqual([code, complained.trim()], [1, 'verify.sh: no such key']);
    const token = await session();
    assert.equal(kidOf(token), fresh, 'the newest one does not sign yet');
    assert.equal((await verifyToken(token, how)).sub, person.userId);
  });
});
