// The prebuilt components of @clerk/ui, used as people use them: by what they see.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { freshAddress, freshPassword } from '../harness/instance.mjs';
import { signIn, signOut, signUp } from '../harness/components.mjs';

test('people sign up, see their profile, sign out and sign in with the prebuilt components', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context);
  const page = await context.newPage();
  const person = { address: freshAddress('component'), password: freshPassword() };

  await t.test('sign up', () => signUp(page, application.origin, person));
  await t.test('the profile shows them, and can be edited', async () => {
    await page.goto(`${application.origin}/user-profile`);
    await page.getByText(person.address).first().waitFor();
    await page.getByRole('button', { name: 'Update profile' }).click();
    await page.getByLabel('First name').fill('Ada');
    await page.getByLabel('Last name').fill('Lovelace');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Ada Lovelace').first().waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.user.fullName), 'Ada Lovelace');
  });
  await t.test('the password can be changed, and this browser is among the devices', async () => {
    await page.getByRole('button', { name: 'Security' }).click();
    await page.getByText('This device').waitFor();
    await page.getByRole('button', { name: 'Update password' }).click();
    await page.getByLabel('Current password').fill(person.password);
    person.password = freshPassword();
    await page.getByLabel('New password').fill(person.password);
    await page.getByLabel('Confirm password').fill(person.password);
    await page.getByLabel('Confirm password').press('Enter');
    await page.getByText('Your password has been updated').or(page.getByRole('button', { name: 'Update password' })).first().waitFor();
  });
  await t.test('sign out', () => signOut(page));
  await t.test('sign in', () => signIn(page, application.origin, person));
  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
