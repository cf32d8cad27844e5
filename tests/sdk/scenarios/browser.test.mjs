// A page in a real browser, with the package as it is made for pages: cookies, CORS, no token within reach of scripts.

import assert from 'node:assert/strict';
import { verify } from 'node:crypto';
import { test } from 'node:test';
import { load, openPage, program, startApplication, startBrowser } from '../harness/browser.mjs';
import { codeFor, freshAddress, freshPassword, instance } from '../harness/instance.mjs';
import { parts, publishedKey } from '../harness/session-token.mjs';

test('a page signs up, reads its token, is reloaded and signs out', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext();
  const requests = [];
  context.on('request', (request) => requests.push(request));
  const opened = await openPage(context, application.origin);
  const { page } = opened;
  const person = { address: freshAddress('page'), password: freshPassword() };

  await t.test('nobody is signed in', async () => {
    assert.equal(await page.evaluate(() => window.Clerk.status), 'ready');
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
    assert.deepEqual(await context.cookies(instance.origin).then((all) => all.filter(({ httpOnly }) => httpOnly)), []);
  });

  await t.test('sign up with address, password and code', async () => {
    await page.evaluate(async ({ address, password }) => {
      const attempt = await window.Clerk.client.signUp.create({ emailAddress: address, password });
      await attempt.prepareEmailAddressVerification({ strategy: 'email_code' });
    }, person);
    const code = await codeFor(person.address);
    Object.assign(person, await page.evaluate(async (given) => {
      const done = await window.Clerk.client.signUp.attemptEmailAddressVerification({ code: given });
      await window.Clerk.setActive({ session: done.createdSessionId });
      return { status: done.status, sessionId: done.createdSessionId, userId: done.createdUserId };
    }, code));
    assert.equal(person.status, 'complete');
    assert.equal(await page.evaluate(() => window.Clerk.user.primaryEmailAddress.emailAddress), person.address);
  });

  await t.test('the token names the page and verifies against the published keys', async () => {
    const token = await page.evaluate(() => window.Clerk.session.getToken({ skipCache: true }));
    const { header, claims, signed, signature } = parts(token);
    assert.ok(verify('sha256', signed, await publishedKey(header.kid), signature));
    assert.equal(claims.sub, person.userId);
    assert.equal(claims.sid, person.sessionId);
    assert.equal(claims.azp, application.origin);
  });

  await t.test('the client token lies where no script can read it', async () => {
    const cookies = await context.cookies(instance.origin);
    const client = cookies.filter(({ name, httpOnly }) => name.startsWith('__client_') && httpOnly);
    assert.equal(client.length, 1);
    assert.equal(client[0].sameSite, 'Lax');
    assert.ok(client[0].expires <= Date.now() / 1000 + 400 * 24 * 3600);
    const seen = await page.evaluate(() => `${document.cookie} ${JSON.stringify(localStorage)}`);
    assert.ok(!seen.includes(client[0].value), 'neither cookies nor storage of the page hold it');
    assert.match(seen, /__session=/, 'the package keeps the session token for application servers');
    for (const request of requests) assert.equal(request.headers().authorization, undefined);
  });

  await t.test('a reloaded page and a second one are signed in', async () => {
    await page.reload();
    await load(page);
    assert.equal(await page.evaluate(() => window.Clerk.user?.id), person.userId);
    const second = await openPage(context, application.origin);
    assert.equal(await second.page.evaluate(() => window.Clerk.session?.id), person.sessionId);
    await second.page.close();
  });

  await t.test('a profile is edited without a preflight', async () => {
    await page.evaluate(() => window.Clerk.user.update({ firstName: 'Ada' }));
    assert.equal(await page.evaluate(() => window.Clerk.user.firstName), 'Ada');
    assert.deepEqual(requests.filter((request) => request.method() === 'OPTIONS'), []);
  });

  await t.test('sign out ends it, and a wrong password is refused in words', async () => {
    await page.evaluate(() => window.Clerk.signOut(() => undefined));
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
    const refused = await page.evaluate(async ({ address }) => {
      try {
        await window.Clerk.client.signIn.create({ identifier: address, password: 'not the password at all' });
        return null;
      } catch (error) {
        return { status: error.status, code: error.errors?.[0]?.code };
      }
    }, person);
    assert.deepEqual(refused, { status: 422, code: 'form_password_incorrect' });
  });

  await t.test('sign in again by password', async () => {
    const status = await page.evaluate(async ({ address, password }) => {
      const done = await window.Clerk.client.signIn.create({ identifier: address, password });
      await window.Clerk.setActive({ session: done.createdSessionId });
      return done.status;
    }, person);
    assert.equal(status, 'complete');
    assert.equal(await page.evaluate(() => window.Clerk.user.id), person.userId);
    assert.deepEqual(opened.problems, []);
  });
});
