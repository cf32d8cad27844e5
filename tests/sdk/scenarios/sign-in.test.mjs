import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFor, freshAddress, outbox } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';
import { verifySessionToken } from '../harness/session-token.mjs';

test('sign in by password and by code', async (t) => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'grace');
  await device.signOut();
  assert.equal(clerk.isSignedIn, false);

  const finish = async (attempt) => {
    assert.equal(attempt.status, 'complete');
    assert.match(attempt.createdSessionId, /^sess_/);
    await clerk.setActive({ session: attempt.createdSessionId });
    assert.equal(clerk.user.id, person.userId);
    await verifySessionToken(await clerk.session.getToken(), { userId: person.userId, sessionId: attempt.createdSessionId });
    await device.signOut();
    assert.equal(clerk.isSignedIn, false);
  };

  await t.test('an unknown address is refused at its field', async () => {
    const error = await refusal(() => clerk.client.signIn.create({ identifier: freshAddress('nobody') }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_identifier_not_found');
    assert.equal(error.param, 'identifier');
  });

  await t.test('identifier first, then the password', async () => {
    const attempt = await clerk.client.signIn.create({ identifier: person.address });
    assert.equal(attempt.status, 'needs_first_factor');
    const strategies = attempt.supportedFirstFactors.map(({ strategy }) => strategy);
    assert.ok(strategies.includes('password'));
    assert.ok(strategies.includes('email_code'));

    const error = await refusal(() => clerk.client.signIn.attemptFirstFactor({ strategy: 'password', password: 'not-the-password' }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_password_incorrect');
    assert.equal(error.param, 'password');
    assert.equal(clerk.client.signIn.status, 'needs_first_factor', 'the attempt stays');

    await finish(await clerk.client.signIn.attemptFirstFactor({ strategy: 'password', password: person.password }));
  });

  await t.test('identifier and password at once', async () => {
    const error = await refusal(() => clerk.client.signIn.create({ strategy: 'password', identifier: person.address, password: 'not-the-password' }));
    assert.equal(error.code, 'form_password_incorrect');
    await finish(await clerk.client.signIn.create({ strategy: 'password', identifier: person.address, password: person.password }));
  });

  await t.test('the address in another spelling is the same person', async () => {
    const spelled = person.address.toUpperCase();
    await finish(await clerk.client.signIn.create({ strategy: 'password', identifier: spelled, password: person.password }));
  });

  await t.test('by a code', async () => {
    const attempt = await clerk.client.signIn.create({ identifier: person.address });
    const factor = attempt.supportedFirstFactors.find(({ strategy }) => strategy === 'email_code');
    assert.match(factor.emailAddressId, /^idn_/);
    assert.notEqual(factor.safeIdentifier, person.address, 'the address is masked');

    const known = (await outbox(person.address)).map(({ id }) => id);
    const prepared = await clerk.client.signIn.prepareFirstFactor({ strategy: 'email_code', emailAddressId: factor.emailAddressId });
    assert.equal(prepared.firstFactorVerification.status, 'unverified');
    assert.equal(prepared.firstFactorVerification.strategy, 'email_code');
    const code = await codeFor(person.address, known);

    const wrong = code === '111111' ? '222222' : '111111';
    const error = await refusal(() => clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: wrong }));
    assert.equal(error.status, 422);
    assert.equal(error.code, 'form_code_incorrect');
    assert.equal(error.param, 'code');

    await finish(await clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code }));

    // The code is spent: a new attempt has nothing prepared, and the old code is not its code.
    await clerk.client.signIn.create({ identifier: person.address });
    const replay = await refusal(() => clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code }));
    assert.ok([400, 422].includes(replay.status), `refused with ${replay.status} ${replay.code}`);
    assert.equal(clerk.isSignedIn, false);
  });
});
