// The prebuilt components of @clerk/ui: a passkey is added, renamed and removed in the profile, and signs in by the button
// and after an identifier. An address can have no passkeys, so the page is at `localhost`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { isAt, signOut, signUp } from '../harness/components.mjs';
import { freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { addDevice, USER_AGENT } from '../harness/passkey-device.mjs';

test('a passkey is added and signs in by the prebuilt components', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication({ host: 'localhost' });
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext({ userAgent: USER_AGENT });
  const { outside, errors } = watch(context);
  const page = await context.newPage();
  const device = await addDevice(page);
  const { origin } = application;
  const person = { address: freshAddress('prebuilt-keys'), password: freshPassword() };

  const toProfile = async () => {
    await page.goto(`${origin}/user-profile`);
    await page.getByRole('button', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Add a passkey' }).waitFor();
  };
  /** Chooses an entry of the menu of the one passkey there is. */
  const choose = async (entry) => {
    await page.locator('.cl-profileSection__passkeys').getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
  };
  const passkeys = () => page.evaluate(async () => {
    await window.Clerk.user.reload();
    return window.Clerk.user.passkeys.map(({ name, lastUsedAt }) => ({ name, used: lastUsedAt !== null }));
  });

  await t.test('sign up', () => signUp(page, origin, person));

  await t.test('the profile adds a passkey', async () => {
    await toProfile();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Created:').waitFor();
    assert.deepEqual(await passkeys(), [{ name: 'Passkey', used: false }]);
    const [key, ...others] = await device.keys();
    assert.deepEqual([others.length, key.isResidentCredential, key.rpId], [0, true, 'localhost']);
    const told = await outbox(person.address);
    assert.ok(told.some(({ subject }) => subject.includes('New passkey')));
  });

  await t.test('the same device adds no second one, and the profile says so', async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('A passkey is already registered with this device.').waitFor();
    assert.equal((await device.keys()).length, 1);
  });

  await t.test('the profile gives it a name', async () => {
    await toProfile();
    await choose('Rename');
    await page.getByLabel('Name of passkey').fill('Laptop');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Laptop', { exact: true }).waitFor();
    assert.deepEqual(await passkeys(), [{ name: 'Laptop', used: false }]);
  });

  await t.test('sign in by the button', async () => {
    await signOut(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByText('Use passkey instead').click();
    await isAt(page, origin, person.address);
    assert.deepEqual(await passkeys(), [{ name: 'Laptop', used: true }]);
  });

  await t.test('sign in after an identifier', async () => {
    await signOut(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByLabel('Email address').fill(person.address);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByRole('heading', { name: 'Use your passkey' }).waitFor();
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await isAt(page, origin, person.address);
  });

  await t.test('who does not show that it is them is told so, and is not signed in', async () => {
    await signOut(page);
    await device.verifies(false);
    await page.goto(`${origin}/sign-in`);
    await page.getByText('Use passkey instead').click();
    await page.getByText('Passkey verification was cancelled or timed out.').waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
    await device.verifies(true);
  });

  await t.test('the profile removes it, and then it signs nobody in', async () => {
    await page.getByText('Use passkey instead').click();
    await isAt(page, origin, person.address);
    await toProfile();
    await choose('Remove');
    await page.getByText('Laptop will be removed from this account.').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Laptop', { exact: true }).waitFor({ state: 'detached' });
    assert.deepEqual(await passkeys(), []);
    const told = await outbox(person.address);
    assert.ok(told.some(({ subject }) => subject.includes('Passkey removed')));
    await signOut(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByText('Use passkey instead').click();
    await page.getByText('This passkey is not one of this instance').waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
  });

  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
