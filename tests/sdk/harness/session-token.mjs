// Checks a session token without any of the packages under test: node:crypto and the published keys alone.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { instance } from './instance.mjs';

/** The published key with this id, as a node KeyObject. */
export async function publishedKey(kid) {
  const answer = await fetch(instance.keys.jwks_url);
  assert.equal(answer.status, 200);
  const { keys } = await answer.json();
  const jwk = keys.find((key) => key.kid === kid);
  assert.ok(jwk, `kid ${kid} is published`);
  assert.equal(jwk.kty, 'RSA');
  assert.equal(jwk.use, 'sig');
  assert.equal(jwk.alg, 'RS256');
  for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.equal(jwk[secret], undefined, `${secret} is not published`);
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** The parts of a compact JWT; nothing is verified. */
export function parts(jwt) {
  const [header, claims, signature] = jwt.split('.');
  return {
    header: JSON.parse(Buffer.from(header, 'base64url')),
    claims: JSON.parse(Buffer.from(claims, 'base64url')),
    signed: Buffer.from(`${header}.${claims}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Verifies signature and claims of a session token; answers with the claims. `second` is the age of the second factor. */
export async function verifySessionToken(jwt, { userId, sessionId, second = -1 }) {
  const { header, claims, signed, signature } = parts(jwt);
  assert.equal(header.alg, 'RS256');
  assert.equal(header.typ, 'JWT');
  assert.ok(verify('sha256', signed, await publishedKey(header.kid), signature), 'the signature verifies');

  const now = Date.now() / 1000;
  assert.equal(claims.sub, userId);
  assert.equal(claims.sid, sessionId);
  assert.equal(claims.v, 2);
  assert.equal(claims.sts, 'active');
  assert.ok(Array.isArray(claims.fva) && claims.fva.length === 2, 'factor ages are a pair');
  assert.equal(claims.fva[1], second, 'the age of the second factor, and -1 where there is none');
  assert.equal(claims.exp - claims.iat, 60);
  assert.ok(claims.nbf <= claims.iat, 'usable at once');
  assert.ok(claims.iat <= now + 5 && claims.exp > now - 5, 'issued now');
  assert.equal(claims.azp, undefined, 'a native caller has no origin');
  const host = Buffer.from(instance.keys.publishable_key.split('_')[2], 'base64').toString().replace(/\$$/, '');
  assert.match(claims.iss, /^https?:\/\//);
  assert.equal(new URL(claims.iss).host, host, 'the issuer is the host inside the publishable key');
  assert.ok(!claims.iss.endsWith('/'));
  assert.equal(typeof claims.jti, 'string');
  return claims;
}
