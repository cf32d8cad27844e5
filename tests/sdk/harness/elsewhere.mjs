// What people do with accounts elsewhere, in the package's words.

import { codeFor, outbox } from './instance.mjs';

/** Where the device's app takes people back; no page is there. */
export const APP = 'com.example.app://callback';

/**
 * How a person fills in the pages of the development provider. It wants a code from whoever says to be somebody that the
 * instance knows already.
 */
export async function atDevelopmentProvider({ address, firstName = '', verified = true, agrees = true }) {
  const known = (await outbox(address)).map(({ id }) => id);
  return async ({ confirmation }) => {
    const decision = agrees ? 'agree' : 'deny';
    if (confirmation) return { code: await codeFor(address, known), decision };
    const person = { account: '', email_address: address, first_name: firstName, picture: 'none' };
    return { ...person, ...(verified && { verified: 'yes' }), decision };
  };
}

/** How a person fills in the page of a provider of `openid.mjs`. */
export async function atOpenIdProvider({ address, firstName = '', verified = true, agrees = true }) {
  return () => ({ address, given_name: firstName, ...(verified && { verified: 'yes' }), decision: agrees ? 'agree' : 'deny' });
}

/**
 * What the package is given to send people away with. `fill` is how the person fills in forms; `went` and `back` are the
 * addresses of the last time, and `arrived` sees the latter before the package does.
 */
export function transport(visitor) {
  const way = {
    fill: null,
    arrived: null,
    went: null,
    back: null,
    getRedirectUrl: () => APP,
    async open(url) {
      way.went = url;
      way.back = await visitor.follow(url, APP, way.fill);
      await way.arrived?.(way.back);
      return { callbackUrl: way.back.href };
    },
  };
  return way;
}
