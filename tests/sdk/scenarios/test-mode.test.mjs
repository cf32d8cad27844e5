import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal } from '../harness/people.mjs';

test('a test address takes the test code and gets no mail', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const address = `robot${randomBytes(5).toString('hex')}+clerk_test@example.com`;
  await clerk.client.signUp.create({ emailAddress: address, password: freshPassword() });
  await clerk.client.signUp.prepareEmailAddressVerification({ strategy: 'email_code' });
  const error = await refusal(() => clerk.client.signUp.attemptEmailAddressVerification({ code: '424241' }));
  assert.equal(error.code, 'form_code_incorrect');
  const attempt = await clerk.client.signUp.attemptEmailAddressVerification({ code: '424242' });
  assert.equal(attempt.status, 'complete');
  await clerk.setActive({ session: attempt.createdSessionId });
  assert.equal(clerk.user.primaryEmailAddress.emailAddress, address);
  assert.deepEqual(await outbox(address), []);
  await device.signOut();

  const signIn = await clerk.client.signIn.create({ identifier: address });
  const { emailAddressId } = signIn.supportedFirstFactors.find(({ strategy }) => strategy === 'email_code');
  await clerk.client.signIn.prepareFirstFactor({ strategy: 'email_code', emailAddressId });
  const done = await clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: '424242' });
  assert.equal(done.status, 'complete');
  await device.signOut();
});

test('the test code means nothing for anybody else', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  await clerk.client.signUp.create({ emailAddress: freshAddress('human'), password: freshPassword() });
  await clerk.client.signUp.prepareEmailAddressVerification({ strategy: 'email_code' });
  const error = await refusal(() => clerk.client.signUp.attemptEmailAddressVerification({ code: '424242' }));
  assert.equal(error.code, 'form_code_incorrect');
});
