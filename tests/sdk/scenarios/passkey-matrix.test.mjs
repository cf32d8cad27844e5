// Passkeys of the device that Chromium makes up, asked whatever goes right or wrong with one. `tests/tests/passkey_matrix`
// asks the same of other authenticators, and has the reason for each line.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { program, startBrowser } from '../harness/browser.mjs';
import { startLimited } from '../harness/limited.mjs';
import { addDevice } from '../harness/passkey-device.mjs';
import { Caller } from '../harness/passkey-party.mjs';

/** How long an instance waits for a device. */
const LIFETIME_MS = 5 * 60_000;
/** Most passkeys of one account. */
const MOST = 10;
/** Another site of this computer, as far as browsers are concerned. */
const ELSEWHERE = 'elsewhere.localhost';

/** The instance takes it. */
const TAKEN = { status: 200 };
/** The instance refuses it. */
const no = (status, code) => ({ status, code });
/** The browser or its device refuses, and nothing is sent. */
const says = (refused) => ({ refused });

const [NO_KEY, NO_SIGN_IN] = [no(400, 'passkey_registration_failure'), no(400, 'passkey_authentication_failure')];
const [OVER, MALFORMED] = [no(400, 'passkey_invalid_verification'), no(422, 'passkey_invalid_public_key_credential')];

/** What is tried, and what becomes of it. In this order: what is removed or full stays so. */
const LINES = [
  ['registration', TAKEN],
  ['discoverable sign-in', TAKEN],
  ['sign-in after an identifier', TAKEN],
  ['a key that the account has, on the device that has it', says('InvalidStateError')],
  ['a key of a foreign relying party, asked by our page', says('SecurityError')],
  ['a sign-in of a foreign relying party, asked by our page', says('SecurityError')],
  ['a key of a foreign relying party, offered', NO_KEY],
  ['a sign-in of a foreign relying party, offered', NO_SIGN_IN],
  ['a key asked by the page of another site', says('SecurityError')],
  ['a sign-in asked by the page of another site', says('SecurityError')],
  ['a key of the page of another site, offered', NO_KEY],
  ['a sign-in of the page of another site, offered', NO_SIGN_IN],
  ['a key made for the challenge of a sign-in', NO_KEY],
  ['a sign-in signed for the challenge of a key', NO_SIGN_IN],
  ['a sign-in in the place of a key', MALFORMED],
  ['a key in the place of a sign-in', MALFORMED],
  ['a key made for a stale challenge', OVER],
  ['a sign-in signed for a stale challenge', OVER],
  ['a key offered once more', NO_KEY],
  ['a sign-in offered once more', NO_SIGN_IN],
  ['a counter that goes back', NO_SIGN_IN],
  ['an eleventh passkey', no(403, 'passkey_quota_exceeded')],
];

test('the device of Chromium against the instance', { skip: !program && 'no Chromium is installed' }, async (t) => {
  const server = await startLimited('[settings.limits]\ncreate = 10000\nattempt = 10000\nother = 10000\n');
  const pages = await startPages();
  const browser = await startBrowser({ rules: [`MAP ${ELSEWHERE} 127.0.0.1`] });
  t.after(async () => {
    await browser.close();
    await pages.stop();
    await server.stop();
  });
  const ada = new Caller();
  const person = await ada.signUp('matrix');
  const device = await plugIn(browser, pages.at('localhost'));
  const tries = tryAll({ ada, person, device, server, fresh: () => plugIn(browser, pages.at('localhost')), browser, pages });
  assert.deepEqual(Object.keys(tries).sort(), LINES.map(([line]) => line).sort());
  for (const [line, expected] of LINES) {
    await t.test(line, async () => {
      const became = await tries[line]();
      const { refused, status, body } = became;
      const short = refused ? { refused } : { status, ...(status !== 200 && { code: body.errors[0].code }) };
      assert.deepEqual(short, expected, JSON.stringify(body));
      if (expected === TAKEN) isInside(body, person);
    });
  }
});

/** Whether the answer shows a passkey of this person, or has them in. */
function isInside({ response, client }, person) {
  assert.equal(response.verification?.status ?? response.first_factor_verification.status, 'verified');
  const [session, ...others] = client.sessions;
  assert.deepEqual([others, session.user.id, session.user.passkeys.length], [[], person.userId, 1]);
}

/** Everything that is tried, by the name of its line. */
function tryAll(scene) {
  return { ...whatIsTaken(scene), ...whatIsForeign(scene), ...whatIsSwapped(scene), ...whatIsOver(scene), ...whatIsTooMuch(scene) };
}

function whatIsTaken({ ada, person, device }) {
  const signIn = async (address) => {
    const [stranger, asked] = await begun(address);
    assert.equal(asked.options.allowCredentials.length, address ? 1 : 0);
    return stranger.offerSignIn(asked, (await device.get(asked.options)).answer);
  };
  return {
    registration: async () => {
      const asked = await ada.askForKey();
      return ada.offerKey(asked, (await device.create(asked.options)).answer);
    },
    'discoverable sign-in': () => signIn(),
    'sign-in after an identifier': () => signIn(person.address),
    'a key that the account has, on the device that has it': async () => {
      const { options } = await ada.askForKey();
      assert.equal(options.excludeCredentials.length, 1);
      return device.create(options);
    },
  };
}

function whatIsForeign({ ada, device, fresh, browser, pages }) {
  const elsewhere = () => plugIn(browser, pages.at(ELSEWHERE));
  const spare = async (change) => {
    const [asked, other] = await Promise.all([ada.askForKey(), fresh()]);
    return ada.offerKey(asked, changed((await other.create(asked.options)).answer, change));
  };
  const signed = async (change) => {
    const [stranger, asked] = await begun();
    return stranger.offerSignIn(asked, changed((await device.get(asked.options)).answer, change));
  };
  const otherPage = (data) => data.replace(/"origin":"[^"]*"/, '"origin":"http://elsewhere.localhost:3000"');
  return {
    'a key of a foreign relying party, asked by our page': async () => {
      const { options } = await ada.askForKey();
      return (await fresh()).create({ ...options, rp: { ...options.rp, id: 'example.com' } });
    },
    'a sign-in of a foreign relying party, asked by our page': async () => {
      const [, { options }] = await begun();
      return device.get({ ...options, rpId: 'example.com' });
    },
    'a key of a foreign relying party, offered': () => spare(ofOtherParty),
    'a sign-in of a foreign relying party, offered': () => signed(ofOtherParty),
    'a key asked by the page of another site': async () => (await elsewhere()).create((await ada.askForKey()).options),
    'a sign-in asked by the page of another site': async () => (await elsewhere()).get((await begun())[1].options),
    'a key of the page of another site, offered': () => spare({ clientDataJSON: otherPage }),
    'a sign-in of the page of another site, offered': () => signed({ clientDataJSON: otherPage }),
  };
}

function whatIsSwapped({ ada, device, fresh }) {
  /** A key that is asked for, and a sign-in that is. */
  const both = async () => [await ada.askForKey(), await begun()];
  const withChallengeOf = (options, { options: { challenge } }) => ({ ...options, challenge });
  return {
    'a key made for the challenge of a sign-in': async () => {
      const [key, [, signIn]] = await both();
      return ada.offerKey(key, (await (await fresh()).create(withChallengeOf(key.options, signIn))).answer);
    },
    'a sign-in signed for the challenge of a key': async () => {
      const [key, [stranger, signIn]] = await both();
      return stranger.offerSignIn(signIn, (await device.get(withChallengeOf(signIn.options, key))).answer);
    },
    'a sign-in in the place of a key': async () => {
      const [key, [, signIn]] = await both();
      return ada.offerKey(key, (await device.get(withChallengeOf(signIn.options, key))).answer);
    },
    'a key in the place of a sign-in': async () => {
      const [key, [stranger, signIn]] = await both();
      return stranger.offerSignIn(signIn, (await (await fresh()).create(withChallengeOf(key.options, signIn))).answer);
    },
  };
}

function whatIsOver({ ada, device, server, fresh }) {
  let passed = 0;
  const tooLate = () => {
    passed += LIFETIME_MS;
    server.ahead(passed);
  };
  return {
    'a key made for a stale challenge': async () => {
      const asked = await ada.askForKey();
      const { answer } = await (await fresh()).create(asked.options);
      tooLate();
      return ada.offerKey(asked, answer);
    },
    'a sign-in signed for a stale challenge': async () => {
      const [stranger, asked] = await begun();
      const { answer } = await device.get(asked.options);
      tooLate();
      return stranger.offerSignIn(asked, answer);
    },
    'a key offered once more': async () => {
      const eve = new Caller();
      await eve.signUp('again');
      const asked = await eve.askForKey();
      const { answer } = await (await fresh()).create(asked.options);
      assert.equal((await eve.offerKey(asked, answer)).status, 200);
      return eve.offerKey(await eve.askForKey(), answer);
    },
    'a sign-in offered once more': async () => {
      const [first, asked] = await begun();
      const { answer } = await device.get(asked.options);
      assert.equal((await first.offerSignIn(asked, answer)).status, 200);
      const [second, again] = await begun();
      return second.offerSignIn(again, answer);
    },
    // Two are signed, and what was signed first comes last.
    'a counter that goes back': async () => {
      const [[first, early], [second, late]] = [await begun(), await begun()];
      const [before, after] = [await device.get(early.options), await device.get(late.options)];
      assert.equal((await second.offerSignIn(late, after.answer)).status, 200);
      return first.offerSignIn(early, before.answer);
    },
  };
}

function whatIsTooMuch({ fresh }) {
  return {
    'an eleventh passkey': async () => {
      const [many, other] = [new Caller(), await fresh()];
      await many.signUp('many');
      for (let number = 0; number < MOST; number += 1) {
        const asked = await many.askForKey();
        assert.equal(asked.options.excludeCredentials.length, number);
        // As if each was made by another device.
        const { answer } = await other.create({ ...asked.options, excludeCredentials: [] });
        assert.equal((await many.offerKey(asked, answer)).status, 200);
      }
      return many.ask('/v1/me/passkeys');
    },
  };
}

/** A sign-in that somebody has begun on a device that nobody knows: who, and what a device is asked. */
async function begun(address) {
  const stranger = new Caller();
  return [stranger, await stranger.askToSignIn(address)];
}

/** The same answer, of another relying party. */
const ofOtherParty = {
  attestationObject: (object) => object.replace(hash('localhost'), hash('example.com')),
  authenticatorData: (data) => data.replace(hash('localhost'), hash('example.com')),
};

function hash(rpId) {
  return createHash('sha256').update(rpId).digest('latin1');
}

/** An answer with parts changed that are bytes. */
function changed(answer, change) {
  const credential = JSON.parse(answer);
  let count = 0;
  for (const [part, by] of Object.entries(change).filter(([name]) => name in credential.response)) {
    const before = Buffer.from(credential.response[part], 'base64url').toString('latin1');
    const after = by(before);
    assert.notEqual(after, before, `${part} is changed`);
    credential.response[part] = Buffer.from(after, 'latin1').toString('base64url');
    count += 1;
  }
  assert.ok(count > 0);
  return JSON.stringify(credential);
}

/** A page with a device of its own, which it asks: `{ answer }` as JSON text, or what it is `{ refused }` with. */
async function plugIn(browser, address) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  await addDevice(page);
  const ask = (kind) => (options) => page.evaluate(async ([how, asked]) => {
    const read = { create: 'parseCreationOptionsFromJSON', get: 'parseRequestOptionsFromJSON' }[how];
    try {
      return { answer: JSON.stringify(await navigator.credentials[how]({ publicKey: PublicKeyCredential[read](asked) })) };
    } catch (error) {
      return { refused: error.name };
    }
  }, [kind, options]);
  return { create: ask('create'), get: ask('get') };
}

/** An empty page on every host of this computer. */
async function startPages() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Page</title>');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    at: (host) => `http://${host}:${server.address().port}/`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
