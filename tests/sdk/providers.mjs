// The providers of `harness/openid.mjs` for callers that are no scenarios: `node providers.mjs FOLDER`.
//
// Prints a line of JSON: the settings that turn them on, and where each of them will be. Reads a line: the public URL of
// the instance. Then they are there, a second line says so, and they end with the input.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { planProviders, startProvider } from './harness/openid.mjs';

const { providers, settings } = await planProviders(process.argv[2]);
const origins = Object.fromEntries(Object.entries(providers).map(([strategy, { issuer }]) => [strategy, issuer]));
console.log(JSON.stringify({ settings, origins }));
const input = createInterface({ input: process.stdin });
const [publicUrl] = await once(input, 'line');
for (const [strategy, plan] of Object.entries(providers)) await startProvider(strategy, plan, publicUrl);
console.log('ready');
input.once('close', () => process.exit());
