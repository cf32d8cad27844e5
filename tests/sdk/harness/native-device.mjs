// One device: @clerk/clerk-js in native mode, with a token store such as an app would keep in its keychain.
//
// Native mode is what the package's own native wrappers do: two hooks that say `_is_native=1`, send the stored client
// token in `Authorization` and store the one that comes back. Nothing of the package is changed or replaced.

import { Clerk } from '@clerk/clerk-js/no-rhc';
import { instance } from './instance.mjs';

/** Every request the package made on this process's behalf, as `{ method, path, query }`. */
export const requests = [];
/** The page that an app's webview would show. */
const PAGE = 'https://app.example.com/';
/** Bodies of every answer that refused something, as they travelled: the package drops some of their fields. */
export const refusals = [];

guardNetwork();

/** A device; its `clerk` is loaded. One per process at a time: the package keeps its resources in static fields. */
export class NativeDevice {
  /** The client token, as it would lie in the keychain. */
  token = null;
  /** How often the server handed out a new token. */
  rotations = 0;

  /**
   * Starts the app: a new instance of the package over the stored token, as after a restart. `headers` are sent along, and
   * `options` are more of what the package is loaded with.
   */
  async start({ headers = {}, ...options } = {}) {
    const clerk = new Clerk(instance.keys.publishable_key, { proxyUrl: instance.origin });
    clerk.__internal_onBeforeRequest(async (request) => {
      request.credentials = 'omit';
      request.url.searchParams.append('_is_native', '1');
      request.headers.set('authorization', this.token ?? '');
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      requests.push({
        method: request.url.searchParams.get('_method') ?? request.method ?? 'GET',
        path: request.url.pathname,
        query: Object.fromEntries(request.url.searchParams),
      });
    });
    clerk.__internal_onAfterResponse(async (_request, response) => {
      if (response.status >= 400) refusals.push(response.payload);
      const token = response.headers.get('authorization');
      if (!token) return;
      if (token !== this.token) this.rotations += 1;
      this.token = token;
    });
    await clerk.load({ standardBrowser: false, telemetry: false, ...options });
    this.clerk = clerk;
    return clerk;
  }

  /** `clerk.signOut`, which ends with a debug line that reads `window` and so wants one for its time. */
  async signOut(options) {
    await withWindow(() => this.clerk.signOut(options));
  }

  /**
   * Signs in or up by an account elsewhere: `attempt` is the package's `signIn` or `signUp`. Answers with the pages of the
   * app that the package asked for; it looks at `window` on the way.
   */
  async authenticate(attempt, strategy) {
    const pages = [];
    const callback = { __internal_navigate: (to) => pages.push(to), __internal_navigateOnSetActive: () => undefined };
    await withWindow(() => attempt.authenticateWithRedirect({ strategy, __internal_callbackParams: callback }));
    return pages;
  }
}

/** Lends the package a `window` while it works, as a webview has. */
async function withWindow(work) {
  globalThis.window = { location: new URL(PAGE) };
  try {
    return await work();
  } finally {
    delete globalThis.window;
  }
}

/** Makes an attempt to reach anything but the instance fail loudly: the package must not need the internet. */
function guardNetwork() {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
    if (url.origin !== instance.origin) throw new Error(`A request left for ${url.origin}.`);
    return real(input, init);
  };
}
