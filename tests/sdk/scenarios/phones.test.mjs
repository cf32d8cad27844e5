// Phone numbers: signed up and in with, added, used to set a new password, and asked for as a second factor.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { codeFor, freshPassword, instance, outbox } from '../harness/instance.mjs';
import { startLimited } from '../harness/limited.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal } from '../harness/people.mjs';

const MINUTE = 60_000;
const SETTINGS = `
[settings.policy.phone_number]
requirement = "required"
[settings.policy.email_address]
requirement = "optional"
[settings.policy.password]
requirement = "optional"
[settings.policy.username]
requirement = "optional"
`;

/** A Swiss mobile number that nobody has used in this run. */
const freshNumber = () => `+4179${randomInt(1_000_000, 10_000_000)}`;

test('a phone number signs up and in, and is a second factor', async (t) => {
  const server = await startLimited(SETTINGS);
  t.after(() => server.stop());
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = { number: freshNumber(), password: freshPassword(), username: `ada_${randomInt(1_000_000)}` };
  let passed = 0;
  /** Lets the pause between two codes go by, runs `send`, and answers with the code that came of it. */
  const sent = async (number, send) => {
    passed += MINUTE;
    server.ahead(passed);
    const known = (await outbox(number)).map(({ id }) => id);
    await send();
    return codeFor(number, known);
  };
  /** Signs in by a finished attempt; the server's clock is ahead, so that its tokens are not verified here, but read. */
  const finish = async (attempt, secondFactorAge = -1) => {
    assert.equal(attempt.status, 'complete');
    await clerk.setActive({ session: attempt.createdSessionId });
    assert.equal(clerk.user.id, person.userId);
    const claims = JSON.parse(Buffer.from((await clerk.session.getToken()).split('.')[1], 'base64url'));
    assert.deepEqual([claims.sub, claims.sid, claims.fva[1]], [person.userId, attempt.createdSessionId, secondFactorAge]);
  };

  await t.test('the environment asks for a number', async () => {
    const environment = await (await fetch(`${instance.origin}/v1/environment?_is_native=1`)).json();
    assert.equal(environment.user_settings.attributes.phone_number.required, true);
    assert.deepEqual(environment.auth_config.second_factors, ['totp', 'phone_code', 'backup_code']);
  });

  await t.test('sign up with a number', async () => {
    const abroad = await refusal(() => clerk.client.signUp.create({ phoneNumber: '+5351234567' }));
    assert.equal(abroad.code, 'unsupported_country_code');
    assert.equal(abroad.param, 'phone_number');
    const { number, password, username } = person;
    const attempt = await clerk.client.signUp.create({ phoneNumber: number, password, username });
    assert.deepEqual(attempt.unverifiedFields, ['phone_number']);
    const code = await sent(number, () => clerk.client.signUp.preparePhoneNumberVerification({ strategy: 'phone_code' }));
    const wrong = code === '111111' ? '222222' : '111111';
    const error = await refusal(() => clerk.client.signUp.attemptPhoneNumberVerification({ code: wrong }));
    assert.equal(error.code, 'form_code_incorrect');
    const done = await clerk.client.signUp.attemptPhoneNumberVerification({ code });
    assert.equal(done.status, 'complete');
    person.userId = done.createdUserId;
    await clerk.setActive({ session: done.createdSessionId });
    assert.equal(clerk.user.primaryPhoneNumber.phoneNumber, number);
    assert.equal(clerk.user.username, username);
    await device.signOut();
  });

  await t.test('sign in by a code to it', async () => {
    const attempt = await clerk.client.signIn.create({ identifier: person.number });
    const factor = attempt.supportedFirstFactors.find(({ strategy }) => strategy === 'phone_code');
    assert.notEqual(factor.safeIdentifier, person.number, 'the number is masked');
    const { phoneNumberId } = factor;
    const code = await sent(person.number, () => clerk.client.signIn.prepareFirstFactor({ strategy: 'phone_code', phoneNumberId }));
    await finish(await clerk.client.signIn.attemptFirstFactor({ strategy: 'phone_code', code }));
  });

  await t.test('add a second number', async () => {
    const number = freshNumber();
    const added = await clerk.user.createPhoneNumber({ phoneNumber: number });
    assert.equal(added.verification.status, null);
    const code = await sent(number, () => added.prepareVerification());
    const proven = await added.attemptVerification({ code });
    assert.equal(proven.verification.status, 'verified');
    assert.deepEqual(clerk.user.phoneNumbers.map(({ phoneNumber }) => phoneNumber), [person.number, number]);
    await clerk.user.update({ primaryPhoneNumberId: proven.id });
    assert.equal(clerk.user.primaryPhoneNumber.phoneNumber, number);
    person.second = { number, id: proven.id };
    await device.signOut();
  });

  await t.test('set a new password after a code to a number', async () => {
    const reset = { strategy: 'reset_password_phone_code', identifier: person.number };
    const code = await sent(person.number, () => clerk.client.signIn.create(reset));
    const attempt = await clerk.client.signIn.attemptFirstFactor({ strategy: 'reset_password_phone_code', code });
    assert.equal(attempt.status, 'needs_new_password');
    person.password = freshPassword();
    await finish(await clerk.client.signIn.resetPassword({ password: person.password }));
  });

  await t.test('codes to a number become a second factor', async () => {
    const number = clerk.user.phoneNumbers.find(({ id }) => id === person.second.id);
    const reserved = await number.setReservedForSecondFactor({ reserved: true });
    assert.equal(reserved.reservedForSecondFactor, true);
    assert.equal(reserved.backupCodes.length, 10);
    person.backupCodes = reserved.backupCodes;
    const preferred = await reserved.makeDefaultSecondFactor();
    assert.equal(preferred.defaultSecondFactor, true);
    assert.ok(clerk.user.twoFactorEnabled && clerk.user.backupCodeEnabled && !clerk.user.totpEnabled);
    await device.signOut();
  });

  const halfway = async () => {
    const attempt = await clerk.client.signIn.create({ strategy: 'password', identifier: person.username, password: person.password });
    assert.equal(attempt.status, 'needs_second_factor');
    assert.equal(clerk.isSignedIn, false);
    assert.deepEqual(attempt.supportedSecondFactors.map(({ strategy }) => strategy), ['phone_code', 'backup_code']);
    return attempt;
  };

  await t.test('and are asked for after the password', async () => {
    const attempt = await halfway();
    const [{ phoneNumberId }] = attempt.supportedSecondFactors;
    assert.equal(phoneNumberId, person.second.id);
    const code = await sent(person.second.number, () => clerk.client.signIn.prepareSecondFactor({ strategy: 'phone_code', phoneNumberId }));
    const wrong = code === '111111' ? '222222' : '111111';
    const error = await refusal(() => clerk.client.signIn.attemptSecondFactor({ strategy: 'phone_code', code: wrong }));
    assert.equal(error.code, 'form_code_incorrect');
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'phone_code', code }), 0);
    await device.signOut();
    await halfway();
    await finish(await clerk.client.signIn.attemptSecondFactor({ strategy: 'backup_code', code: person.backupCodes[0] }), 0);
  });

  await t.test('the number is no first factor meanwhile', async () => {
    const begun = await clerk.session.startVerification({ level: 'multi_factor' });
    const firsts = begun.supportedFirstFactors.map(({ strategy, phoneNumberId }) => `${strategy} ${phoneNumberId ?? ''}`);
    assert.ok(!firsts.includes(`phone_code ${person.second.id}`), firsts.join(', '));
    await clerk.session.attemptFirstFactorVerification({ strategy: 'password', password: person.password });
    const prepare = { strategy: 'phone_code', phoneNumberId: person.second.id };
    const code = await sent(person.second.number, () => clerk.session.prepareSecondFactorVerification(prepare));
    const done = await clerk.session.attemptSecondFactorVerification({ strategy: 'phone_code', code });
    assert.equal(done.status, 'complete');
    assert.deepEqual(clerk.session.factorVerificationAge, [0, 0]);
  });

  await t.test('until it is given back', async () => {
    const number = clerk.user.phoneNumbers.find(({ id }) => id === person.second.id);
    const given = await number.setReservedForSecondFactor({ reserved: false });
    assert.equal(given.reservedForSecondFactor, false);
    assert.ok(!clerk.user.twoFactorEnabled && !clerk.user.backupCodeEnabled);
    await given.destroy();
    assert.deepEqual(clerk.user.phoneNumbers.map(({ phoneNumber }) => phoneNumber), [person.number]);
    await device.signOut();
  });
});
