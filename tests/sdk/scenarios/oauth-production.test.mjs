// Accounts elsewhere at a production instance: there is no development provider, the provider is another site, and the
// browser comes back from there to cookies that only TLS carries.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { journey } from '../harness/browser-journey.mjs';
import { openPage, program, startBrowser, watch } from '../harness/browser.mjs';
import { atOpenIdProvider } from '../harness/elsewhere.mjs';
import { planProviders, startProvider } from '../harness/openid.mjs';
import { startProduction } from '../harness/production.mjs';

const STRATEGY = 'oauth_google';

test('people of a production instance sign up and in by an account elsewhere', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-connected-'));
  const { providers, settings } = await planProviders(folder);
  const production = await startProduction(`[settings.limits]\ncreate = 1000\nattempt = 1000\n${settings}`);
  const provider = await startProvider(STRATEGY, providers[STRATEGY], production.publicUrl);
  const browser = await startBrowser(production.browser);
  t.after(async () => {
    await browser.close();
    await provider.stop();
    await production.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context, [...production.hosts, '127.0.0.1']);
  const { origin } = production;
  const { page } = await openPage(context, origin);
  await journey(t, { page, origin, strategy: STRATEGY, at: atOpenIdProvider, button: /Google/ });

  await t.test('the client token is where the password leaves it too, and no script sees it', async () => {
    const cookies = await context.cookies(production.publicUrl);
    const tokens = cookies.filter(({ name, httpOnly }) => name.startsWith('__client_') && httpOnly);
    assert.equal(tokens.length, 1);
    assert.deepEqual([tokens[0].secure, tokens[0].sameSite], [true, 'Lax']);
    const since = (await context.cookies(origin)).filter(({ name }) => name.startsWith('__client_uat'));
    assert.ok(since.length > 0 && since.every(({ value }) => Number(value) > 0));
  });

  await t.test('a page of somebody else is nowhere to come back to', async () => {
    const refused = await page.evaluate(async ([strategy, redirectUrl]) => {
      try {
        await window.Clerk.client.signIn.create({ strategy, redirectUrl });
      } catch (error) {
        return error.errors[0].code;
      }
      return 'taken';
    }, [STRATEGY, 'https://app.example.org/sso-callback']);
    assert.equal(refused, 'resource_missmatch');
  });
  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
