// Passkeys in a page, of a device that Chromium makes up: the package asks it, and the instance holds its answers against
// what was asked. An address can have no passkeys, so the page is at `localhost`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, program, startApplication, startBrowser, watch } from '../harness/browser.mjs';
import { codeFor, freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { addDevice, USER_AGENT } from '../harness/passkey-device.mjs';

test('a page adds a passkey and signs in by it', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const application = await startApplication({ host: 'localhost' });
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await application.stop();
  });
  const context = await browser.newContext({ userAgent: USER_AGENT });
  const { outside, errors } = watch(context);
  const { page } = await openPage(context, application.origin);
  const device = await addDevice(page);
  const person = { address: freshAddress('keys'), password: freshPassword() };
  /** Runs work in the page; what is refused comes back as its code. */
  const refused = (work) => page.evaluate(async (text) => {
    try {
      return `answered ${JSON.stringify(await new Function(`return (${text})()`)())}`;
    } catch (error) {
      return error.errors?.[0]?.code ?? error.code ?? String(error);
    }
  }, String(work));

  await t.test('sign up', async () => {
    await page.evaluate(async ({ address, password }) => {
      const attempt = await window.Clerk.client.signUp.create({ emailAddress: address, password });
      await attempt.prepareEmailAddressVerification({ strategy: 'email_code' });
    }, person);
    person.userId = await page.evaluate(async (code) => {
      const done = await window.Clerk.client.signUp.attemptEmailAddressVerification({ code });
      await window.Clerk.setActive({ session: done.createdSessionId });
      return done.createdUserId;
    }, await codeFor(person.address));
  });

  await t.test('add a passkey and give it a name', async () => {
    const added = await page.evaluate(async () => {
      const passkey = await window.Clerk.user.createPasskey();
      return { id: passkey.id, name: passkey.name, status: passkey.verification.status };
    });
    assert.match(added.id, /^idn_/);
    assert.deepEqual([added.name, added.status], ['Passkey', 'verified']);
    const [key, ...others] = await device.keys();
    assert.deepEqual(others, []);
    assert.deepEqual([key.isResidentCredential, key.rpId], [true, 'localhost']);
    assert.ok(!Buffer.from(key.userHandle, 'base64').toString('latin1').includes(person.address));
    const named = await page.evaluate(async () => {
      await window.Clerk.user.passkeys[0].update({ name: 'Laptop' });
      await window.Clerk.user.reload();
      return window.Clerk.user.passkeys.map(({ name, lastUsedAt }) => [name, lastUsedAt]);
    });
    assert.deepEqual(named, [['Laptop', null]]);
    assert.ok((await outbox(person.address)).some(({ subject }) => /passkey/i.test(subject)));
  });

  await t.test('the same device makes no second one', async () => {
    assert.equal(await refused(() => window.Clerk.user.createPasskey()), 'passkey_already_exists');
    assert.equal((await device.keys()).length, 1);
  });

  await t.test('sign in by whichever passkey the device has', async () => {
    const signedIn = await page.evaluate(async () => {
      await window.Clerk.signOut(() => undefined);
      const done = await window.Clerk.client.signIn.authenticateWithPasskey({ flow: 'discoverable' });
      await window.Clerk.setActive({ session: done.createdSessionId });
      return { status: done.status, userId: window.Clerk.user.id, used: window.Clerk.user.passkeys[0].lastUsedAt !== null };
    });
    assert.deepEqual(signedIn, { status: 'complete', userId: person.userId, used: true });
  });

  await t.test('sign in by a passkey of whom it is said to be', async () => {
    const signedIn = await page.evaluate(async (identifier) => {
      await window.Clerk.signOut(() => undefined);
      const attempt = await window.Clerk.client.signIn.create({ identifier });
      const offered = attempt.supportedFirstFactors.map(({ strategy }) => strategy);
      const done = await attempt.authenticateWithPasskey();
      await window.Clerk.setActive({ session: done.createdSessionId });
      return { offered: offered.includes('passkey'), status: done.status, userId: window.Clerk.user.id };
    }, person.address);
    assert.deepEqual(signedIn, { offered: true, status: 'complete', userId: person.userId });
  });

  await t.test('prove anew by it who is signed in', async () => {
    const proven = await page.evaluate(async () => {
      const begun = await window.Clerk.session.startVerification({ level: 'first_factor' });
      const offered = begun.supportedFirstFactors.map(({ strategy }) => strategy);
      const done = await window.Clerk.session.verifyWithPasskey();
      const { status, strategy } = done.firstFactorVerification;
      return { began: begun.status, offered: offered.includes('passkey'), status: done.status, proof: [status, strategy] };
    });
    assert.deepEqual(proven, {
      began: 'needs_first_factor', offered: true, status: 'complete', proof: ['verified', 'passkey'],
    });
  });

  await t.test('a device whose user does not show that it is them signs nobody in', async () => {
    await page.evaluate(() => window.Clerk.signOut(() => undefined));
    await device.verifies(false);
    const code = await refused(() => window.Clerk.client.signIn.authenticateWithPasskey({ flow: 'discoverable' }));
    assert.equal(code, 'passkey_retrieval_cancelled');
    await device.verifies(true);
  });

  await t.test('a passkey that was removed signs nobody in', async () => {
    const left = await page.evaluate(async ({ address, password }) => {
      const done = await window.Clerk.client.signIn.create({ identifier: address, password });
      await window.Clerk.setActive({ session: done.createdSessionId });
      await window.Clerk.user.passkeys[0].delete();
      await window.Clerk.user.reload();
      const { length } = window.Clerk.user.passkeys;
      await window.Clerk.signOut(() => undefined);
      return length;
    }, person);
    assert.equal(left, 0);
    const code = await refused(() => window.Clerk.client.signIn.authenticateWithPasskey({ flow: 'discoverable' }));
    assert.equal(code, 'passkey_not_registered');
  });

  assert.deepEqual(outside, []);
  assert.deepEqual(errors, []);
});
