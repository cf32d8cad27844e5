// One phone: the client factory of @clerk/expo, with a token cache such as an app keeps in secure storage. The package is
// made for React Native and asks it which system it runs on; that one answer is stood in for, nothing else.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { instance } from './instance.mjs';

const require = createRequire(import.meta.url);
const Module = require('node:module');
/** The package's code, which its list of exports reaches by a screen's code alone. */
const CODE = join(dirname(require.resolve('@clerk/expo/package.json')), 'dist');
const SYSTEM = { Platform: { OS: 'ios', constants: {}, select: (choices) => choices.ios ?? choices.default } };

const realLoad = Module._load;
Module._load = function load(name, ...rest) {
  return name === 'react-native' ? SYSTEM : realLoad.call(this, name, ...rest);
};

/** A phone; what it keeps outlives the app. */
export class ExpoDevice {
  /** Secure storage. */
  kept = new Map();

  /** Starts the app: nothing of an earlier run is in its memory. */
  async start() {
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(CODE)) delete require.cache[file];
    }
    const { getClerkInstance } = require(join(CODE, 'provider/singleton/singleton.js'));
    const clerk = getClerkInstance({
      publishableKey: instance.keys.publishable_key,
      proxyUrl: instance.origin,
      tokenCache: {
        getToken: async (key) => this.kept.get(key) ?? null,
        saveToken: async (key, token) => { this.kept.set(key, token); },
        clearToken: async (key) => { this.kept.delete(key); },
      },
    });
    await clerk.load({ standardBrowser: false, telemetry: false });
    return clerk;
  }
}
