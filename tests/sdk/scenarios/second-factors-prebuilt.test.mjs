// The prebuilt components of @clerk/ui: a second factor is set up in the profile, and asked for at the next sign-in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator } from '../harness/authenticator.mjs';
import { program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { isAt, signOut, signUp } from '../harness/components.mjs';
import { freshAddress, freshPassword } from '../harness/instance.mjs';

test('a second factor is set up and asked for by the prebuilt components', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context);
  const page = await context.newPage();
  const person = { address: freshAddress('second'), password: freshPassword() };
  let app;
  let codes;

  /** Signs in by address and password, up to the page that asks for the second factor. */
  const halfway = async () => {
    await page.goto(`${application.origin}/sign-in`);
    await page.getByLabel('Email address').fill(person.address);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('heading', { name: 'Two-step verification' }).waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
  };

  await t.test('sign up', () => signUp(page, application.origin, person));

  await t.test('the profile adds an authenticator app, and shows backup codes', async () => {
    await page.goto(`${application.origin}/user-profile`);
    await page.getByRole('button', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Add two-step verification' }).click();
    await page.getByRole('menuitem', { name: 'Authenticator application' }).click();
    await page.getByRole('button', { name: 'Can’t scan QR code?' }).click();
    app = new Authenticator(await page.locator('input[readonly], input[disabled]').first().inputValue());
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('button', { name: 'Back' }).waitFor();
    await page.getByRole('textbox').first().pressSequentially(await app.next());
    await page.getByText('Two-step verification is now enabled.').waitFor();
    const lines = await page.evaluate(() => document.body.innerText.split('\n'));
    codes = lines.filter((line) => /^[a-z0-9]{10}$/.test(line));
    assert.equal(new Set(codes).size, 10);
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByText('Authenticator application').first().waitFor();
    assert.ok(await page.evaluate(() => window.Clerk.user.twoFactorEnabled && window.Clerk.user.backupCodeEnabled));
  });

  await t.test('sign-in asks for it, and the code of the app signs in', async () => {
    await signOut(page);
    await halfway();
    await page.getByRole('textbox').first().pressSequentially(await app.next());
    await isAt(page, application.origin, person.address);
  });

  await t.test('a backup code signs in, by way of the other methods', async () => {
    await signOut(page);
    await halfway();
    await page.getByText('Use another method').click();
    await page.getByRole('button', { name: 'Use a backup code' }).click();
    await page.getByRole('textbox').first().fill(codes[0]);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await isAt(page, application.origin, person.address);
  });

  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
