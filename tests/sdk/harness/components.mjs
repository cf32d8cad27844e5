// What people do with the prebuilt components.

import assert from 'node:assert/strict';
import { load } from './browser.mjs';
import { codeFor } from './instance.mjs';

/** Signs a person up by the form and the code, and waits until the application has them. `code` finds the code of an address. */
export async function signUp(page, origin, person, code = codeFor) {
  await page.goto(`${origin}/sign-up`);
  await page.getByLabel('Email address').fill(person.address);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  // What is said of the password moves the button away from under the pointer.
  await page.getByLabel('Password', { exact: true }).press('Enter');
  await page.getByText('Verify your email').waitFor();
  await page.getByRole('textbox').first().pressSequentially(await code(person.address));
  await isAt(page, origin, person.address);
}

/** Signs a person in by address and password. */
export async function signIn(page, origin, person) {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('Email address').fill(person.address);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await isAt(page, origin, person.address);
}

/** Signs everybody out. */
export async function signOut(page) {
  await page.evaluate(() => window.Clerk.signOut(() => undefined));
  assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
}

/** Waits until the component has sent the browser to the application's own page, which knows this person. */
export async function isAt(page, origin, address) {
  await page.waitForURL(`${origin}/`);
  await load(page);
  assert.equal(await page.evaluate(() => window.Clerk.user?.primaryEmailAddress.emailAddress), address);
}
