// Everything that an app does with accounts elsewhere, by one strategy: @clerk/clerk-js signs up, in, and from one to the
// other, connects and removes; @clerk/backend sees it.

import assert from 'node:assert/strict';
import { createClerkClient } from '@clerk/backend';
import { APP, transport } from './elsewhere.mjs';
import { freshAddress, instance } from './instance.mjs';
import { NativeDevice, requests } from './native-device.mjs';
import { refusal, signUp } from './people.mjs';
import { verifySessionToken } from './session-token.mjs';
import { Visitor } from './visitor.mjs';

/**
 * Goes through all of it. `at` says how a person fills in the provider's pages, and `known` whether the provider knows this
 * access token, and as whom.
 */
export async function journey(t, { strategy, at, known }) {
  const provider = strategy.replace('oauth_', '');
  const { secret_key: secretKey } = instance.keys;
  const backend = createClerkClient({ secretKey, apiUrl: instance.origin });
  const visitor = new Visitor();
  const way = transport(visitor);
  const device = new NativeDevice();
  const clerk = await device.start({ __internal_oauthTransport: way });
  const ada = { address: freshAddress('ada'), firstName: 'Ada' };
  const by = async (kind, person) => {
    way.fill = await at(person);
    return device.authenticate(clerk.client[kind], strategy);
  };
  /** What the package has posted since then. */
  const posted = (from) => requests.slice(from).filter(({ method }) => method === 'POST').map(({ path }) => path);

  await t.test('sign up', async () => {
    assert.deepEqual(await by('signUp', ada), []);
    ada.userId = clerk.user.id;
    assert.equal(clerk.client.lastAuthenticationStrategy, strategy);
    assert.equal(clerk.user.primaryEmailAddress.emailAddress, ada.address);
    assert.equal(clerk.user.primaryEmailAddress.verification.status, 'verified');
    assert.equal(clerk.user.firstName, 'Ada');
    assert.equal(clerk.user.passwordEnabled, false);
    const [external] = clerk.user.verifiedExternalAccounts;
    assert.deepEqual([external.provider, external.emailAddress], [provider, ada.address]);
    await verifySessionToken(await clerk.session.getToken(), { userId: ada.userId, sessionId: clerk.session.id });
    assert.equal(new URL(way.went).searchParams.get('code_challenge_method'), 'S256');
    assert.deepEqual([...way.back.searchParams.keys()], ['rotating_token_nonce']);
  });

  await t.test('sign in, while somebody else who has read the nonce gets nothing for it', async () => {
    await device.signOut();
    const stolen = [];
    way.arrived = async (back) => {
      const nonce = back.searchParams.get('rotating_token_nonce');
      const begun = await fetch(`${instance.origin}/v1/client/sign_ins?_is_native=1`, { method: 'POST' });
      const authorization = begun.headers.get('authorization');
      assert.ok(authorization);
      for (const path of [`sign_ins/${clerk.client.signIn.id}`, '']) {
        const url = `${instance.origin}/v1/client/${path}?_is_native=1&rotating_token_nonce=${nonce}`;
        const answer = await fetch(url, { headers: { authorization } });
        stolen.push([answer.status, (await answer.text()).includes(ada.userId)]);
      }
    };
    assert.deepEqual(await by('signIn', ada), []);
    way.arrived = null;
    assert.equal(stolen.length, 2);
    for (const [status, knows] of stolen) assert.ok(status >= 400 && !knows, `${stolen}`);
    assert.equal(clerk.user.id, ada.userId);
    assert.equal(clerk.client.signedInSessions.length, 1);
  });

  await t.test('a sign-up of somebody becomes a sign-in', async () => {
    await device.signOut();
    const from = requests.length;
    assert.deepEqual(await by('signUp', ada), []);
    assert.equal(clerk.user.id, ada.userId);
    assert.deepEqual(posted(from).slice(0, 2), ['/v1/client/sign_ups', '/v1/client/sign_ins']);
  });

  await t.test('a sign-in of nobody becomes a sign-up', async () => {
    await device.signOut();
    const from = requests.length;
    const eve = { address: freshAddress('eve'), firstName: 'Eve' };
    assert.deepEqual(await by('signIn', eve), []);
    assert.notEqual(clerk.user.id, ada.userId);
    assert.equal(clerk.user.primaryEmailAddress.emailAddress, eve.address);
    assert.equal(clerk.user.firstName, 'Eve');
    assert.deepEqual(posted(from).slice(0, 2), ['/v1/client/sign_ins', '/v1/client/sign_ups']);
  });

  await t.test('an address that the provider does not vouch for is proven first', async () => {
    await device.signOut();
    const pages = await by('signUp', { address: freshAddress('unproven'), verified: false });
    assert.equal(clerk.user, null);
    assert.equal(clerk.client.signUp.status, 'missing_requirements');
    assert.deepEqual(clerk.client.signUp.unverifiedFields, ['email_address']);
    assert.equal(pages.length, 1);
    assert.match(pages[0], /verify-email-address$/);
  });

  await t.test('who says no is told so, and another try is free', async () => {
    for (const kind of ['signIn', 'signUp']) {
      await assert.rejects(by(kind, { ...ada, agrees: false }), { code: 'oauth_access_denied' });
      assert.equal(clerk.user, null);
    }
    assert.deepEqual(await by('signIn', ada), []);
    assert.equal(clerk.user.id, ada.userId);
  });

  await t.test('a restarted app is signed in still', async () => {
    const again = new NativeDevice();
    again.token = device.token;
    assert.equal((await again.start({ __internal_oauthTransport: way })).user.id, ada.userId);
  });

  await t.test('the owner sees the account, and gets a token that the provider knows', async () => {
    const user = await backend.users.getUser(ada.userId);
    const [external] = user.externalAccounts;
    assert.deepEqual([external.provider, external.emailAddress], [strategy, ada.address]);
    assert.equal(external.verification.status, 'verified');
    const { data, totalCount } = await backend.users.getUserOauthAccessToken(ada.userId, provider);
    assert.deepEqual([totalCount, data.length], [1, 1]);
    const [{ token, provider: by, externalAccountId, scopes }] = data;
    assert.deepEqual([by, externalAccountId], [strategy, external.id]);
    for (const scope of ['openid', 'email', 'profile']) assert.ok(scopes.includes(scope), `${scope} of ${scopes}`);
    const person = await known(token);
    assert.deepEqual([person.sub, person.email], [external.externalId ?? external.providerUserId, ada.address]);
  });

  await t.test('somebody with a password connects an account elsewhere, signs in by it, and removes it', async () => {
    const other = new NativeDevice();
    const app = await other.start({ __internal_oauthTransport: way });
    const person = await signUp(other, 'connected');
    const elsewhere = { address: freshAddress('elsewhere') };
    const connect = async (account) => {
      const made = await app.user.createExternalAccount({ strategy, redirectUrl: APP });
      assert.equal(made.verification.status, 'unverified');
      const back = await visitor.follow(made.verification.externalVerificationRedirectURL, APP, await at(account));
      const nonce = back.searchParams.get('rotating_token_nonce');
      await app.user.reload({ rotatingTokenNonce: nonce ?? undefined });
      return { back, external: app.user.externalAccounts.find(({ id }) => id === made.id) };
    };

    const denied = await connect({ ...elsewhere, agrees: false });
    assert.equal(denied.back.searchParams.get('__clerk_error_code'), 'oauth_access_denied');
    assert.deepEqual(app.user.verifiedExternalAccounts, []);

    const { external } = await connect(elsewhere);
    assert.deepEqual([external.verification.status, external.emailAddress], ['verified', elsewhere.address]);
    assert.equal(app.user.primaryEmailAddress.emailAddress, person.address, 'their own address stays the first');
    assert.deepEqual((await backend.users.getUser(person.userId)).externalAccounts.map(({ id }) => id), [external.id]);

    const second = await refusal(() => app.user.createExternalAccount({ strategy, redirectUrl: APP }));
    assert.equal(second.code, 'oauth_account_already_connected');

    await other.signOut();
    way.fill = await at(elsewhere);
    await other.authenticate(app.client.signIn, strategy);
    assert.equal(app.user.id, person.userId);

    await app.user.verifiedExternalAccounts[0].destroy();
    await app.user.reload();
    assert.deepEqual(app.user.externalAccounts.filter(({ id }) => id === external.id), []);
    const { data } = await backend.users.getUserOauthAccessToken(person.userId, provider);
    assert.deepEqual(data, []);

    const { back } = await connect(ada);
    assert.deepEqual(app.user.verifiedExternalAccounts, [], `of somebody else: ${back}`);
  });

  await t.test('an account elsewhere that the owner removed is linked anew, for both sides have proven the address', async () => {
    const [external] = (await backend.users.getUser(ada.userId)).externalAccounts;
    await backend.users.deleteUserExternalAccount({ userId: ada.userId, externalAccountId: external.id });
    assert.deepEqual((await backend.users.getUser(ada.userId)).externalAccounts, []);
    const again = new NativeDevice();
    const app = await again.start({ __internal_oauthTransport: way });
    way.fill = await at(ada);
    assert.deepEqual(await again.authenticate(app.client.signIn, strategy), []);
    assert.equal(app.user.id, ada.userId);
    const [anew, ...more] = app.user.verifiedExternalAccounts;
    assert.deepEqual([anew.emailAddress, more], [ada.address, []]);
    assert.notEqual(anew.id, external.id);
  });
}
