// The prebuilt components of @clerk/ui where numbers are taken and changes that matter need a fresh proof: a number is added
// by its code and signs in by another, a change asks who it is and is then done, and a forgotten password is set anew.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { isAt, signOut, signUp } from '../harness/components.mjs';
import { codeFor, freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { startLimited } from '../harness/limited.mjs';

const MINUTE = 60_000;
const SETTINGS = `
[settings.policy]
reverification = true
[settings.policy.phone_number]
requirement = "optional"
`;

test('texts, a fresh proof and a forgotten password with the prebuilt components', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const server = await startLimited(SETTINGS);
  const application = await startApplication();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
    await server.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context);
  const page = await context.newPage();
  const { origin } = application;
  const person = { address: freshAddress('ways'), password: freshPassword(), number: `+4179${randomInt(1_000_000, 10_000_000)}` };
  let passed = 0;
  /** Lets the server's clock go on: a pause between two codes, or until no proof is fresh any more. */
  const pause = (minutes) => {
    passed += minutes * MINUTE;
    server.ahead(passed);
  };
  const continued = () => page.getByRole('button', { name: 'Continue', exact: true }).click();
  const security = async () => {
    await page.goto(`${origin}/user-profile`);
    await page.getByRole('button', { name: 'Security' }).click();
  };

  await t.test('sign up', () => signUp(page, origin, person));

  await t.test('the profile adds a number by the code that is sent there', async () => {
    await page.goto(`${origin}/user-profile`);
    await page.getByRole('button', { name: 'Add phone number' }).click();
    await page.getByLabel('Phone number').fill(person.number);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const code = await codeFor(person.number);
    await page.getByRole('textbox').first().pressSequentially(code);
    await page.waitForFunction(() => window.Clerk.user.phoneNumbers[0]?.verification.status === 'verified');
  });

  await t.test('a change that matters asks who it is, and is done after the answer', async () => {
    pause(11);
    await security();
    await page.getByRole('button', { name: 'Add two-step verification' }).click();
    await page.getByRole('menuitem', { name: 'Authenticator application' }).click();
    await page.getByText('Verification required').waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.user.twoFactorEnabled), false);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await continued();
    await page.getByRole('button', { name: 'Can’t scan QR code?' }).click();
    const key = await page.locator('input[readonly], input[disabled]').first().inputValue();
    assert.match(key, /^[A-Z2-7]{26,}$/);
  });

  await t.test('the password is changed by a fresh proof, with no word of the current one', async () => {
    pause(11);
    const known = (await outbox(person.address)).map(({ id }) => id);
    await security();
    await page.getByRole('button', { name: 'Update password' }).click();
    assert.equal(await page.getByLabel('Current password').count(), 0, 'what is asked for is a proof');
    const password = freshPassword();
    await page.getByLabel('New password').fill(password);
    await page.getByLabel('Confirm password').fill(password);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Verification required').waitFor();
    await page.getByText('Use another method').click();
    await page.getByRole('button', { name: /^Email code/ }).click();
    await page.getByText('Verification required').waitFor();
    await page.getByRole('textbox').first().pressSequentially(await codeFor(person.address, known));
    await page.getByRole('button', { name: 'Update password' }).waitFor();
    const subjects = (await outbox(person.address)).filter(({ id }) => !known.includes(id)).map(({ subject }) => subject);
    assert.ok(subjects.some((subject) => subject.startsWith('New password for ')), subjects.join());
    person.password = password;
  });

  await t.test('a code to the number signs in', async () => {
    pause(1);
    const known = (await outbox(person.number)).map(({ id }) => id);
    await signOut(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByText('Use phone').click();
    await page.getByLabel('Phone number').fill(person.number);
    await continued();
    await page.getByText('Use another method').click();
    await page.getByRole('button', { name: /SMS code/ }).click();
    await page.getByText('Check your phone').waitFor();
    await page.getByRole('textbox').first().pressSequentially(await codeFor(person.number, known));
    await isAt(page, origin, person.address);
  });

  await t.test('a forgotten password is set anew', async () => {
    pause(1);
    const known = (await outbox(person.address)).map(({ id }) => id);
    await signOut(page);
    await page.goto(`${origin}/sign-in`);
    await page.getByLabel('Email address').fill(person.address);
    await continued();
    await page.getByText('Forgot password?').click();
    await page.getByRole('button', { name: 'Reset your password' }).click();
    await page.getByRole('textbox').first().pressSequentially(await codeFor(person.address, known));
    await page.getByText('Set new password').waitFor();
    person.password = freshPassword();
    await page.getByLabel('New password').fill(person.password);
    await page.getByLabel('Confirm password').fill(person.password);
    await page.getByLabel('Confirm password').press('Enter');
    await isAt(page, origin, person.address);
  });

  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
