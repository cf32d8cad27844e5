// The two applications in examples/ together, with nothing but the lines that `frontdesk-server dev` wrote: a page built
// with @clerk/react and Vite, and an API built with @clerk/express.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, startBrowser, watch } from '../harness/browser.mjs';
import { startExample } from '../harness/examples.mjs';
import { freshAddress, freshPassword, instance } from '../harness/instance.mjs';

test('a page signs people up with the code from the outbox, and its API knows them', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const api = await startExample('express-api', ['--import', 'tsx', 'server.ts'], { PORT: '0' });
  const page = await startExample('vite-react', ['node_modules/vite/bin/vite.js', '--port', '0'], { API_URL: api.origin });
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    page.stop();
    api.stop();
  });
  const context = await browser.newContext();
  const { outside, errors } = watch(context);
  const window = await context.newPage();
  const person = { address: freshAddress('example'), password: freshPassword() };

  await t.test('sign up with the code that the outbox page shows', async () => {
    await window.goto(page.origin);
    await window.getByRole('link', { name: 'Sign up' }).click();
    await window.getByLabel('Email address').fill(person.address);
    await window.getByLabel('Password', { exact: true }).fill(person.password);
    // What is said of the password moves the button away from under the pointer.
    await window.getByLabel('Password', { exact: true }).press('Enter');
    await window.getByText('Verify your email').waitFor();
    const outbox = await context.newPage();
    await outbox.goto(`${instance.origin}/frontdesk/outbox`);
    // The list looks for new messages by itself.
    await outbox.getByRole('listitem').filter({ hasText: person.address }).getByRole('link').click();
    const code = await outbox.locator('.code').textContent();
    await outbox.close();
    await window.getByRole('textbox').first().pressSequentially(code);
    await window.getByRole('heading', { name: `Hello, ${person.address}` }).waitFor();
  });

  await t.test('the profile is there', async () => {
    await window.getByText('Profile details').waitFor();
  });

  await t.test('the API answers with who they are, and others with nothing', async () => {
    await window.getByRole('button', { name: 'Ask the API who I am' }).click();
    const answer = window.locator('output');
    await answer.filter({ hasText: person.address }).waitFor();
    const { userId } = JSON.parse(await answer.textContent());
    assert.match(userId, /^user_/);
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const refused = await fetch(`${api.origin}/api/me`, { headers });
      assert.equal(refused.status, 401);
      assert.ok(!(await refused.text()).includes(person.address));
    }
  });

  await t.test('sign out by the button, and sign in again', async () => {
    await window.getByRole('button', { name: 'Open user menu' }).click();
    await window.getByRole('button', { name: 'Sign out' }).click();
    await window.getByLabel('Email address').fill(person.address);
    await window.getByRole('button', { name: 'Continue', exact: true }).click();
    await window.getByLabel('Password', { exact: true }).fill(person.password);
    await window.getByRole('button', { name: 'Continue', exact: true }).click();
    await window.getByRole('heading', { name: `Hello, ${person.address}` }).waitFor();
  });

  assert.deepEqual(outside, [], 'nothing outside of this computer was asked for');
  assert.deepEqual(errors, []);
});
