// `oidc-provider`, a strict OpenID provider of other people's making, on this computer: once as Google, once as a company's
// own. People say on its page who they are.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { freePort } from './server.mjs';

/** Seconds that an access token lives: so few that one is renewed whenever the owner asks for it. */
const TOKEN_S = 30;
const COMMON = ['openid', 'email', 'profile', 'offline_access'];

/** The two that instances of the tests know; Google puts what it knows of a person into the ID token. */
const STRATEGIES = { oauth_google: { inIdToken: true }, oauth_custom_acme: { inIdToken: false } };

/** Where an instance has the browsers of a strategy sent back to. */
export function callbackOf(strategy, publicUrl) {
  return `${publicUrl}/v1/${strategy.startsWith('oauth_custom_') ? `callbacks/${strategy}` : 'oauth_callback'}`;
}

/**
 * Where both will be and what their clients are called: `{ strategy: { issuer, clientId, secret } }`. The secrets are written
 * to files in `folder`, and `settings` are the lines of a `frontdesk.toml` that turn the connections on.
 */
export async function planProviders(folder) {
  const providers = {};
  let settings = '';
  for (const strategy of Object.keys(STRATEGIES)) {
    const plan = {
      issuer: `http://127.0.0.1:${await freePort()}`,
      clientId: `client-${randomBytes(4).toString('hex')}`,
      secret: `${randomBytes(16).toString('base64url')}+/=%`,
    };
    providers[strategy] = plan;
    const file = join(folder, `${strategy}.secret`);
    writeFileSync(file, `${plan.secret}\n`, { mode: 0o600 });
    const issuer = strategy.startsWith('oauth_custom_') ? 'name = "Acme"\nissuer' : 'endpoints.issuer';
    settings += `[settings.connections.${strategy}]
enabled = true
client_id = "${plan.clientId}"
client_secret_file = "${file}"
${issuer} = "${plan.issuer}"
`;
  }
  return { providers, settings };
}

/** Starts the provider of a strategy, for the instance with this public URL. */
export async function startProvider(strategy, { issuer, clientId, secret }, publicUrl) {
  const people = new Map();
  const asked = [];
  const redirect = callbackOf(strategy, publicUrl);
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId,
      client_secret: secret,
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: COMMON.join(' '),
    }],
    scopes: COMMON,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    conformIdTokenClaims: !STRATEGIES[strategy].inIdToken,
    findAccount: (_, sub) => people.has(sub) && { accountId: sub, claims: async () => ({ sub, ...people.get(sub) }) },
    // Google gives one to whoever asks for `access_type=offline`.
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: TOKEN_S, Grant: 600, IdToken: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    jwks: { keys: [signingKey('RS256')] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    renderError: (context, out) => {
      context.type = 'html';
      context.body = `The provider refuses: ${out.error} ${out.error_description}`;
    },
  });
  const serve = provider.callback();
  const server = createServer((request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname === '/auth') {
      asked.push(Object.fromEntries(url.searchParams));
      // Nobody stays signed in there, so that everybody is asked each time who they are.
      request.headers.cookie = '';
    }
    if (!url.pathname.startsWith('/interaction/')) return serve(request, response);
    return interact(provider, people, request, response).catch((error) => response.writeHead(500).end(error.stack));
  });
  server.listen(Number(new URL(issuer).port), '127.0.0.1');
  await once(server, 'listening');
  return {
    /** What it was asked by way of browsers. */
    asked,
    /** Who it says has this access token. */
    userinfo: (token) => new Promise((resolve, reject) => {
      get(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } }, async (answer) => {
        resolve(JSON.parse((await answer.toArray()).join('')));
      }).once('error', reject);
    }),
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/** The page where a person says who they are, and what comes of it. */
async function interact(provider, people, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    return response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><title>Provider</title>
<form method="post" action="/interaction/${details.uid}"><input type="hidden" name="uid" value="${details.uid}">
<label>Your address <input name="address"></label><label>Given name <input name="given_name"></label>
<label><input type="checkbox" name="verified" value="yes" checked> Verified</label>
<button name="decision" value="agree">Yes, that is me</button><button name="decision" value="deny">No</button></form>`);
  }
  const form = new URLSearchParams((await request.toArray()).join(''));
  if (form.get('decision') !== 'agree') {
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'Not today.' });
  }
  const address = form.get('address');
  const accountId = `person-${Buffer.from(address).toString('hex')}`;
  people.set(accountId, {
    email: address,
    email_verified: form.get('verified') === 'yes',
    given_name: form.get('given_name') || undefined,
    family_name: 'Person',
  });
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(COMMON.join(' '));
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { login: { accountId, remember: false }, consent });
}

function signingKey(alg) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: randomBytes(4).toString('hex') };
}
