import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instance } from '../harness/instance.mjs';
import { NativeDevice, requests } from '../harness/native-device.mjs';

test('a new device loads, signed out, and leaves nothing behind', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  assert.equal(clerk.version, '6.40.0');
  assert.equal(clerk.loaded, true);
  assert.equal(clerk.status, 'ready');
  assert.equal(clerk.instanceType, 'development');
  assert.equal(clerk.isSignedIn, false);
  assert.equal(clerk.user, null);
  assert.equal(clerk.session, null);
  assert.deepEqual(clerk.client.signedInSessions, []);
  assert.equal(device.token, null, 'a client is made by the first change, not by looking');
  assert.ok(requests.some(({ path }) => path === '/v1/environment'));
  assert.ok(requests.some(({ path, method }) => path === '/v1/client' && method === 'GET'));
});

test('the settings of a new development instance are as documented', async () => {
  const device = new NativeDevice();
  const clerk = await device.start();
  const environment = clerk.__internal_environment ?? clerk.__unstable__environment;
  assert.ok(environment, 'the package keeps the environment');
  const { userSettings, authConfig, displayConfig } = environment;
  assert.equal(displayConfig.instanceEnvironmentType, 'development');
  assert.equal(authConfig.singleSessionMode, false, 'multi-session is on');
  assert.equal(userSettings.attributes.email_address.enabled, true);
  assert.equal(userSettings.attributes.email_address.required, true);
  assert.equal(userSettings.attributes.email_address.verify_at_sign_up, true);
  assert.ok(userSettings.attributes.email_address.first_factors.includes('email_code'));
  assert.equal(userSettings.attributes.password.enabled, true);
  assert.equal(userSettings.attributes.password.required, true);
  assert.equal(userSettings.attributes.first_name.required, false);
  assert.equal(userSettings.attributes.username.enabled, false);
  assert.equal(userSettings.attributes.phone_number.enabled, false);
  assert.equal(userSettings.actions.delete_self, true);
  assert.equal(userSettings.signUp.captcha_enabled, false);
  assert.equal(userSettings.passwordSettings.min_length, 8);
});

test('the keys belong together', () => {
  const { publishable_key: publishable, secret_key: secret, jwks_url: jwks, frontend_api: frontend } = instance.keys;
  assert.match(publishable, /^pk_test_/);
  assert.match(secret, /^sk_test_/);
  assert.ok(jwks.endsWith('/.well-known/jwks.json'));
  const host = Buffer.from(publishable.split('_')[2], 'base64').toString();
  assert.equal(host, `${new URL(instance.origin).host}$`);
  assert.ok(frontend.includes(host.slice(0, -1)), `${frontend} names the host of the key`);
});
