// Everything that a page does with accounts elsewhere, by one strategy: @clerk/clerk-js as it is made for pages, which leaves
// the page for the provider's and is loaded anew on the way back; and the prebuilt components of @clerk/ui.

import assert from 'node:assert/strict';
import { load } from './browser.mjs';
import { isAt, signOut } from './components.mjs';
import { freshAddress } from './instance.mjs';

/**
 * Goes through all of it in this page of the application at `origin`. `at` makes a person who fills in the provider's pages,
 * as in `elsewhere.mjs`, and `button` is what the components call the provider.
 */
export async function journey(t, { page, origin, strategy, at, button }) {
  const ada = { address: freshAddress('ada'), firstName: 'Ada' };
  const by = async (kind, person) => {
    const fill = await at(person);
    await page.goto(`${origin}/`);
    await load(page);
    await page.evaluate(([attempt, wanted]) => {
      const [redirectUrl, redirectUrlComplete] = [`${location.origin}/sso-callback`, `${location.origin}/`];
      window.Clerk.client[attempt].authenticateWithRedirect({ strategy: wanted, redirectUrl, redirectUrlComplete });
    }, [kind, strategy]);
    await fillIn(page, origin, fill);
  };

  await t.test('sign up, away and back', async () => {
    await by('signUp', ada);
    await isAt(page, origin, ada.address);
    ada.userId = await page.evaluate(() => window.Clerk.user.id);
    assert.equal(await page.evaluate(() => window.Clerk.user.firstName), 'Ada');
    assert.equal(await page.evaluate(() => window.Clerk.user.verifiedExternalAccounts.length), 1);
    assert.ok(!page.url().includes('nonce'), 'a browser has its cookie, and no nonce');
  });

  await t.test('sign in, and from one to the other', async () => {
    for (const kind of ['signIn', 'signUp']) {
      await signOut(page);
      await by(kind, ada);
      await isAt(page, origin, ada.address);
      assert.equal(await page.evaluate(() => window.Clerk.user.id), ada.userId);
    }
    await signOut(page);
    const eve = { address: freshAddress('eve') };
    await by('signIn', eve);
    await isAt(page, origin, eve.address);
  });

  await t.test('the button of the prebuilt sign-in, after a no', async () => {
    await signOut(page);
    const press = async (person) => {
      const fill = await at(person);
      await page.goto(`${origin}/sign-in`);
      await page.getByRole('button', { name: button }).click();
      await fillIn(page, origin, fill);
    };
    await press({ ...ada, agrees: false });
    await page.getByText('did not grant access').waitFor();
    assert.equal(await page.evaluate(() => window.Clerk.isSignedIn), false);
    await press(ada);
    await isAt(page, origin, ada.address);
    assert.equal(await page.evaluate(() => window.Clerk.user.id), ada.userId);
  });

  await t.test('the button of the prebuilt sign-up', async () => {
    await signOut(page);
    const person = { address: freshAddress('prebuilt'), firstName: 'Grace' };
    const fill = await at(person);
    await page.goto(`${origin}/sign-up`);
    await page.getByRole('button', { name: button }).click();
    await fillIn(page, origin, fill);
    await isAt(page, origin, person.address);
    await page.goto(`${origin}/user-profile`);
    await page.getByText('Connected accounts').waitFor();
  });
}

/** Fills in the provider's pages until the browser is back at the application. */
async function fillIn(page, origin, fill) {
  await page.waitForURL((url) => url.origin !== origin);
  while (new URL(page.url()).origin !== origin) {
    const hidden = await page.locator('input[type=hidden]').evaluateAll((all) => all.map(({ name, value }) => [name, value]));
    const { decision, ...fields } = await fill(Object.fromEntries(hidden));
    const boxes = page.locator('input[type=checkbox]');
    for (const box of await boxes.all()) await box.setChecked((await box.getAttribute('name')) in fields);
    for (const [name, value] of Object.entries(fields)) {
      const field = page.locator(`input[name=${name}]`);
      const kind = (await field.count()) > 0 ? await field.first().getAttribute('type') : 'none';
      if (kind === 'radio') await page.locator(`input[name=${name}][value="${value}"]`).check();
      else if (!['none', 'checkbox'].includes(kind)) await field.fill(value);
    }
    const left = page.waitForNavigation();
    await page.locator(`button[value=${decision}]`).click();
    await left;
  }
}
