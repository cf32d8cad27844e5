// An application that renders on its server: @clerk/backend sends a browser to the instance and gets it back signed in.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { openPage, program, startApplication, startBrowser } from '../harness/browser.mjs';
import { codeFor, freshAddress, freshPassword, instance } from '../harness/instance.mjs';
import { publishedKey } from '../harness/session-token.mjs';

test('a rendered page learns by a handshake who is signed in', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication();
  const rendered = await startRendered(await pem());
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await rendered.stop();
    await application.stop();
  });
  const context = await browser.newContext();
  const visit = async (path) => {
    const page = await context.newPage();
    await page.goto(`${rendered.origin}${path}`);
    const seen = { ...JSON.parse(await page.textContent('body')), url: page.url() };
    await page.close();
    return seen;
  };

  await t.test('nobody is signed in', async () => {
    assert.deepEqual(await visit('/?a=b'), { userId: null, url: `${rendered.origin}/?a=b` });
    assert.ok(rendered.handshakes.length > 0, 'the package asked the instance');
  });

  const person = { address: freshAddress('rendered'), password: freshPassword() };
  await t.test('somebody signs up on a page', async () => {
    const { page } = await openPage(context, application.origin);
    await page.evaluate(async ({ address, password }) => {
      const attempt = await window.Clerk.client.signUp.create({ emailAddress: address, password });
      await attempt.prepareEmailAddressVerification({ strategy: 'email_code' });
    }, person);
    person.userId = await page.evaluate(async (code) => {
      const done = await window.Clerk.client.signUp.attemptEmailAddressVerification({ code });
      await window.Clerk.setActive({ session: done.createdSessionId });
      return done.createdUserId;
    }, await codeFor(person.address));
    await page.close();
  });

  await t.test('the server gets the browser back with the session, and an address without it', async () => {
    const before = rendered.handshakes.length;
    // Nothing that the page has left for application servers: the instance's own cookie has to do.
    const kept = (await context.cookies()).filter(({ httpOnly }) => httpOnly);
    await context.clearCookies();
    await context.addCookies(kept);
    assert.deepEqual(await visit('/?a=b'), { userId: person.userId, url: `${rendered.origin}/?a=b` });
    assert.ok(rendered.handshakes.length > before);
    assert.equal(rendered.nonces.length, 1, 'who is signed in travels as a nonce, and no token in an address');
    const again = rendered.handshakes.length;
    assert.equal((await visit('/')).userId, person.userId);
    assert.equal(rendered.handshakes.length, again, 'its own cookies are enough while they are fresh');
  });

  await t.test('a handshake is no session token', async () => {
    for (const token of rendered.received) await assert.rejects(verifyToken(token, { jwtKey: await pem() }));
    assert.ok(rendered.received.length > 0);
  });
});

async function pem() {
  const { keys } = await (await fetch(instance.keys.jwks_url)).json();
  return (await publishedKey(keys[0].kid)).export({ type: 'spki', format: 'pem' }).toString();
}

/** An application server that answers with who it takes the browser for. */
async function startRendered(jwtKey) {
  const clerk = createClerkClient({ publishableKey: instance.keys.publishable_key, secretKey: instance.keys.secret_key, jwtKey, apiUrl: instance.origin });
  const handshakes = [];
  const received = [];
  const nonces = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (url.pathname !== '/') return response.writeHead(404).end();
    const token = url.searchParams.get('__clerk_handshake');
    if (token) received.push(token);
    const nonce = url.searchParams.get('__clerk_handshake_nonce');
    if (nonce) nonces.push(nonce);
    const state = await clerk.authenticateRequest(new Request(url, { headers: request.headers }), { jwtKey, proxyUrl: instance.origin });
    for (const [name, value] of state.headers) response.appendHeader(name, value);
    const location = state.headers.get('location');
    if (location) {
      if (location.startsWith(instance.origin)) handshakes.push(location);
      return response.writeHead(307).end();
    }
    response.setHeader('content-type', 'text/html');
    return response.end(JSON.stringify({ userId: state.toAuth()?.userId ?? null }));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    handshakes,
    received,
    nonces,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
