// Accounts elsewhere over `oidc-provider`: discovery, the code flow with PKCE, and ID tokens as other people's software makes
// and checks them. It stands in for Google, and for a provider of the owner's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journey as browserJourney } from '../harness/browser-journey.mjs';
import { openPage, program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { startConnected } from '../harness/connected.mjs';
import { atOpenIdProvider } from '../harness/elsewhere.mjs';
import { instance } from '../harness/instance.mjs';
import { journey } from '../harness/native-journey.mjs';
import { callbackOf } from '../harness/openid.mjs';

const BUTTONS = { oauth_google: /Google/, oauth_custom_acme: /Acme/ };

test('people sign up and in over a provider of other people’s making', async (t) => {
  const started = await startConnected(t);

  for (const [strategy, { asked }] of Object.entries(started)) {
    const { issuer, clientId } = instance.providers[strategy];
    await t.test(`an app, by ${strategy}`, async (part) => {
      const known = (token) => started[strategy].userinfo(token);
      await journey(part, { strategy, at: atOpenIdProvider, known });
      for (const { client_id, response_type, code_challenge_method, scope, redirect_uri, state, nonce } of asked) {
        assert.deepEqual([client_id, response_type, code_challenge_method], [clientId, 'code', 'S256']);
        assert.equal(redirect_uri, callbackOf(strategy, instance.origin));
        assert.ok(scope.split(' ').includes('openid') && state && nonce);
      }
      for (const word of ['state', 'nonce', 'code_challenge']) {
        assert.equal(new Set(asked.map((one) => one[word])).size, asked.length, `no ${word} is used again at ${issuer}`);
      }
    });
  }

  await t.test('a page', { skip: !program && 'no Chromium is installed' }, async (part) => {
    const application = await startApplication();
    const browser = await startBrowser();
    part.after(async () => {
      await browser.close();
      await application.stop();
    });
    const context = await browser.newContext();
    const { outside, errors } = watch(context);
    const { page } = await openPage(context, application.origin);
    const { origin } = application;
    for (const strategy of Object.keys(started)) {
      await part.test(`by ${strategy}`, async (inner) => {
        await browserJourney(inner, { page, origin, strategy, at: atOpenIdProvider, button: BUTTONS[strategy] });
        await page.evaluate(() => window.Clerk.signOut(() => undefined));
      });
    }
    assert.deepEqual(outside, []);
    assert.deepEqual(errors, []);
  });
});
