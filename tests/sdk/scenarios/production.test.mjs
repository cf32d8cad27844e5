// The prebuilt components against a production instance: over TLS, with cookies of its own, and codes that come by mail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, startBrowser, watch } from '../harness/browser.mjs';
import { signIn, signOut, signUp } from '../harness/components.mjs';
import { freshAddress, freshPassword } from '../harness/instance.mjs';
import { startProduction } from '../harness/production.mjs';

test('people of a production instance sign up, see their profile, sign out and sign in', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const production = await startProduction();
  const browser = await startBrowser(production.browser);
  t.after(async () => {
    await browser.close();
    await production.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context, production.hosts);
  const page = await context.newPage();
  const person = { address: freshAddress('production'), password: freshPassword() };
  const cookie = async (start, host) => (await context.cookies(`https://${host}`)).filter(({ name }) => name.startsWith(start));
  const [api, application] = production.hosts;

  await t.test('sign up with the code that comes by mail', () => signUp(page, production.origin, person, production.codeFor));

  await t.test('the client token lies at the instance alone, and the domain knows since when somebody is signed in', async () => {
    const tokens = (await cookie('__client_', api)).filter(({ httpOnly }) => httpOnly);
    assert.equal(tokens.length, 1);
    assert.deepEqual([tokens[0].secure, tokens[0].sameSite, tokens[0].domain], [true, 'Lax', api]);
    assert.ok(tokens[0].expires <= Date.now() / 1000 + 400 * 24 * 3600);
    assert.deepEqual((await cookie('__client_', application)).filter(({ httpOnly }) => httpOnly), []);
    const since = await cookie('__client_uat', application);
    assert.ok(since.length > 0 && since.every(({ value, secure, domain }) => Number(value) > 0 && secure && domain === '.example.test'));
    assert.ok(!(await page.evaluate(() => `${document.cookie} ${JSON.stringify(localStorage)}`)).includes(tokens[0].value));
  });

  await t.test('the profile shows them', async () => {
    await page.goto(`${production.origin}/user-profile`);
    await page.getByText(person.address).first().waitFor();
  });

  await t.test('sign out', async () => {
    await signOut(page);
    assert.ok((await cookie('__client_uat', application)).every(({ value }) => value === '0'));
  });
  await t.test('sign in', () => signIn(page, production.origin, person));

  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
