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

/** A browser's part of a handshake: what is set where, and where it is sent. */
class PlainBrowser {
  cookies = new Map();

  async fetch(url, options = {}) {
    const headers = { ...options.headers, cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') };
    const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
    this.keep(answer.headers.getSetCookie());
    return answer;
  }

  keep(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const gone = attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0');
      if (gone) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

test('an application server lets a browser in by cookies, after a handshake', async () => {
  const device = new NativeDevice();
  await device.start();
  const person = await signUp(device, 'handed');
  const backend = createClerkClient({
    publishableKey: instance.keys.publishable_key, secretKey: instance.keys.secret_key, apiUrl: instance.origin,
  });
  // The browser is signed in at the instance, by a ticket.
  const browser = new PlainBrowser();
  const { token: ticket } = await backend.signInTokens.createSignInToken({ userId: person.userId, expiresInSeconds: 60 });
  const origin = 'http://localhost:3000';
  const done = await browser.fetch(`${instance.origin}/v1/client/sign_ins`, {
    method: 'POST', headers: { origin }, body: new URLSearchParams({ strategy: 'ticket', ticket }),
  });
  assert.equal((await done.json()).response.status, 'complete');

  // The application has a host of its own, and none of its cookies yet.
  const page = `${origin}/private`;
  const options = { proxyUrl: instance.origin };
  const ask = (address, pageCookies) => backend.authenticateRequest(
    new Request(address, {
      headers: { 'sec-fetch-dest': 'document', accept: 'text/html', cookie: [...pageCookies].map((pair) => pair.join('=')).join('; ') },
    }),
    options,
  );
  const unknown = await ask(page, new Map([['__client_uat', '1']]));
  assert.equal(unknown.status, 'handshake', unknown.reason);
  const there = unknown.headers.get('location');
  assert.equal(new URL(there).pathname, '/v1/client/handshake');
  const back = (await browser.fetch(there)).headers.get('location');
  assert.match(back, /[?&]__clerk_handshake/, 'as a token or as a nonce');

  const atPage = new PlainBrowser();
  const handed = await ask(back, new Map());
  atPage.keep(handed.headers.getSetCookie());
  const known = await ask(page, atPage.cookies);
  assert.equal(known.status, 'signed-in', known.reason);
  assert.equal(known.toAuth().userId, person.userId);
  const claims = await verifyToken(atPage.cookies.get('__session'), {
    secretKey: instance.keys.secret_key, apiUrl: instance.origin, authorizedParties: [origin],
  });
  assert.equal(claims.sub, person.userId, 'verified with the published keys, for the page');
  const elsewhere = verifyToken(atPage.cookies.get('__session'), {
    secretKey: instance.keys.secret_key, apiUrl: instance.origin, authorizedParties: ['https://evil.example'],
  });
  await assert.rejects(elsewhere);
});
