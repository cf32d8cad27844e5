// Passkeys of the app's own authenticator, held against a verifier that compares text and reads every byte.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import {
  generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse,
} from '@simplewebauthn/server';

const rpID = 'example.com';
const api = 'https://auth.example.com:8443/v1/';
const origin = 'https://auth.example.com:8443';

/** Starts the authenticator; answers with what asks it. */
function startDevice(t) {
  const program = process.env.FRONTDESK_DEVICE;
  assert.ok(program, 'FRONTDESK_DEVICE names the program this-device of the package frontdesk-e2e');
  const device = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => device.stdin.end());
  const lines = createInterface({ input: device.stdout })[Symbol.asyncIterator]();
  return async (asked) => {
    device.stdin.write(`${JSON.stringify({ api, ...asked })}\n`);
    const { value, done } = await lines.next();
    assert.ok(!done, 'the authenticator ended');
    return JSON.parse(value);
  };
}

test('a strict verifier takes the keys of this device and what they sign', async (t) => {
  const device = startDevice(t);
  const userID = crypto.getRandomValues(new Uint8Array(16));
  const askForKey = (more = {}) => generateRegistrationOptions({
    rpName: 'Instance', rpID, userID, userName: 'ada@example.com', userDisplayName: 'Ada',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, ...more,
  });
  const verify = (response, options) => verifyAuthenticationResponse({
    response, expectedChallenge: options.challenge, expectedOrigin: origin, expectedRPID: rpID, credential, requireUserVerification: true,
  });
  let credential;

  await t.test('a key is made', async () => {
    const options = await askForKey();
    const response = await device({ create: options });
    const { verified, registrationInfo: made } = await verifyRegistrationResponse({
      response, expectedChallenge: options.challenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true,
    });
    assert.ok(verified);
    assert.deepEqual(
      [made.fmt, made.userVerified, made.credentialDeviceType, made.credentialBackedUp, made.origin, made.rpID],
      ['none', true, 'singleDevice', false, origin, rpID],
    );
    assert.equal(made.aaguid, '00000000-0000-0000-0000-000000000000');
    assert.deepEqual([made.credential.counter, made.credential.transports], [0, ['internal']]);
    assert.deepEqual(response.clientExtensionResults, { credProps: { rk: true } });
    credential = made.credential;
  });

  await t.test('it signs in without and after an identifier', async () => {
    for (const allowCredentials of [undefined, [{ id: credential.id, transports: credential.transports }]]) {
      const options = await generateAuthenticationOptions({ rpID, userVerification: 'required', allowCredentials });
      const response = await device({ get: options });
      assert.equal(response.response.userHandle, Buffer.from(userID).toString('base64url'));
      const { verified, authenticationInfo: signed } = await verify(response, options);
      assert.ok(verified);
      assert.deepEqual([signed.userVerified, signed.newCounter, signed.credentialBackedUp], [true, 0, false]);
    }
  });

  await t.test('what was signed for one question answers no other, and nothing may be changed in it', async () => {
    const [options, other] = await Promise.all([1, 2].map(() => generateAuthenticationOptions({ rpID, userVerification: 'required' })));
    const response = await device({ get: options });
    await assert.rejects(verify(response, other), /challenge/);
    const data = Buffer.from(response.response.authenticatorData, 'base64url');
    data[data.length - 1] ^= 1;
    const changed = { ...response, response: { ...response.response, authenticatorData: data.toString('base64url') } };
    assert.equal((await verify(changed, options)).verified, false);
    assert.ok((await verify(response, options)).verified);
  });

  await t.test('what it refuses is called what browsers call it', async () => {
    const excluded = await askForKey({ excludeCredentials: [{ id: credential.id }] });
    assert.deepEqual(await device({ create: excluded }), { error: 'InvalidStateError' });
    assert.deepEqual(await device({ create: await askForKey({ supportedAlgorithmIDs: [-257] }) }), { error: 'NotSupportedError' });
    assert.deepEqual(await device({ create: await askForKey({ rpID: 'other.example.com' }) }), { error: 'SecurityError' });
    const unknown = await generateAuthenticationOptions({ rpID, allowCredentials: [{ id: 'AAAAAAAAAAAAAAAAAAAAAA' }] });
    assert.deepEqual(await device({ get: unknown }), { error: 'NotAllowedError' });
  });
});
