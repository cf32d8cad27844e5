// Accounts elsewhere in a page, over the development provider.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journey } from '../harness/browser-journey.mjs';
import { openPage, program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { atDevelopmentProvider } from '../harness/elsewhere.mjs';

test('a page signs people up and in over the development provider', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context);
  const { page } = await openPage(context, application.origin);
  const { origin } = application;
  await journey(t, { page, origin, strategy: 'oauth_google', at: atDevelopmentProvider, button: 'Continue with Google' });
  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
