import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { test } from 'node:test';
import { codeFor, freshAddress, freshPassword, outbox } from '../harness/instance.mjs';
import { NativeDevice } from '../harness/native-device.mjs';
import { refusal, signUp } from '../harness/people.mjs';

/** Ids of the messages that an address has by now. */
const known = async (address) => (await outbox(address)).map(({ id }) => id);

test('an account is kept by its holder', async (t) => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const person = await signUp(device, 'ada');

  await t.test('another address is added, proven, made the main one', async () => {
    const other = freshAddress('ada.other');
    const added = await clerk.user.createEmailAddress({ email: other });
    assert.equal(added.emailAddress, other);
    assert.equal(added.verification.status, null);
    const prepared = await added.prepareVerification({ strategy: 'email_code' });
    assert.equal(prepared.verification.status, 'unverified');
    const code = await codeFor(other);
    const wrong = await refusal(() => added.attemptVerification({ code: code === '111111' ? '222222' : '111111' }));
    assert.deepEqual([wrong.status, wrong.code, wrong.param], [422, 'form_code_incorrect', 'code']);
    const proven = await added.attemptVerification({ code });
    assert.equal(proven.verification.status, 'verified');
    assert.deepEqual(clerk.user.emailAddresses.map(({ verification }) => verification.status), ['verified', 'verified']);

    const first = clerk.user.primaryEmailAddress;
    await clerk.user.update({ primaryEmailAddressId: added.id });
    assert.equal(clerk.user.primaryEmailAddress.emailAddress, other);
    await clerk.user.update({ primaryEmailAddressId: first.id });
    await added.destroy();
    assert.deepEqual(clerk.user.emailAddresses.map(({ id }) => id), [first.id]);
    const last = await refusal(() => clerk.user.emailAddresses[0].destroy());
    assert.equal(last.code, 'last_required_identification_deletion_failed');
  });

  await t.test('a picture is set and removed', async () => {
    assert.equal(clerk.user.hasImage, false);
    const image = await clerk.user.setProfileImage({ file: new File([png(600, 300)], 'ada.png', { type: 'image/png' }) });
    assert.equal(image.name, 'ada.png');
    await clerk.user.reload();
    assert.equal(clerk.user.hasImage, true);
    assert.equal(clerk.user.imageUrl, image.publicUrl);
    const seen = await fetch(clerk.user.imageUrl);
    assert.deepEqual([seen.status, seen.headers.get('content-type')], [200, 'image/jpeg']);
    const text = `data:image/png;base64,${png(4, 4).toString('base64')}`;
    await clerk.user.setProfileImage({ file: text });
    const refused = await refusal(() => clerk.user.setProfileImage({ file: new File(['<svg/>'], 'a.png', { type: 'image/png' }) }));
    assert.equal(refused.code, 'request_body_invalid');
    await clerk.user.setProfileImage({ file: null });
    await clerk.user.reload();
    assert.equal(clerk.user.hasImage, false);
  });

  await t.test('devices are seen and signed out', async () => {
    const sessions = await clerk.user.getSessions();
    assert.deepEqual(sessions.map(({ id }) => id), [person.sessionId]);
    assert.equal(sessions[0].latestActivity.ipAddress, '127.0.0.1');
  });

  await t.test('the password is changed by whoever knows it', async () => {
    const next = freshPassword();
    const wrong = await refusal(() => clerk.user.updatePassword({ currentPassword: 'not it', newPassword: next }));
    assert.deepEqual([wrong.status, wrong.code, wrong.param], [422, 'form_password_validation_failed', 'current_password']);
    const weak = await refusal(() => clerk.user.updatePassword({ currentPassword: person.password, newPassword: 'short' }));
    assert.deepEqual([weak.code, weak.param], ['form_password_length_too_short', 'new_password']);
    const user = await clerk.user.updatePassword({
      currentPassword: person.password,
      newPassword: next,
      signOutOfOtherSessions: true,
    });
    assert.equal(user.id, person.userId);
    person.password = next;
    const needed = await refusal(() => clerk.user.removePassword({ currentPassword: next }));
    assert.equal(needed.code, 'password_required');
  });

  await t.test('a forgotten password is set anew', async () => {
    await device.signOut();
    const seen = await known(person.address);
    const attempt = await clerk.client.signIn.create({ strategy: 'reset_password_email_code', identifier: person.address });
    assert.equal(attempt.status, 'needs_first_factor');
    assert.equal(attempt.firstFactorVerification.strategy, 'reset_password_email_code');
    const code = await codeFor(person.address, seen);
    const proven = await clerk.client.signIn.attemptFirstFactor({ strategy: 'reset_password_email_code', code });
    assert.equal(proven.status, 'needs_new_password');
    assert.equal(clerk.isSignedIn, false);
    person.password = freshPassword();
    const done = await clerk.client.signIn.resetPassword({ password: person.password, signOutOfOtherSessions: true });
    assert.equal(done.status, 'complete');
    await clerk.setActive({ session: done.createdSessionId });
    assert.equal(clerk.user.id, person.userId);
    const subjects = (await outbox(person.address)).map(({ subject }) => subject);
    assert.ok(subjects.some((subject) => subject.startsWith('New password')), subjects.join(', '));
  });

  await t.test('the account is deleted', async () => {
    await clerk.user.delete();
    const gone = await refusal(() => clerk.client.signIn.create({ identifier: person.address }));
    assert.equal(gone.code, 'form_identifier_not_found');
  });
});

/** A PNG of one colour (PNG §11). */
function png(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height, 90);
  for (let row = 0; row < height; row += 1) rows[row * (width * 3 + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
