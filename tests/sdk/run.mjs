// Runs the official packages, exactly as npm delivers them, against a `frontdesk-server` of its own.
//
//   npm ci (here, in examples/vite-react and in examples/express-api) && FRONTDESK_SERVER=/path/to/frontdesk-server FRONTDESK_DEVICE=/path/to/this-device node run.mjs [scenario…]
//
// FRONTDESK_SDK_DATABASE=postgres://… runs them against two servers over that empty database, each request at the other one.
//
// Prints which packages were used (version and integrity from the lock file), then one line per test. Ends by itself:
// with 0 when everything passed and the server stopped cleanly on SIGTERM, with 1 otherwise.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { describePackages } from './harness/packages.mjs';
import { startReplicas } from './harness/replicas.mjs';
import { startServer } from './harness/server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const scenarios = join(here, 'scenarios');
/** Longest a single scenario file may take; one that hangs fails instead of holding the run. */
const FILE_TIMEOUT_MS = 120_000;
/** Longest the whole run may take. */
const RUN_TIMEOUT_MS = 600_000;

/** The examples and the packages of each that a run uses. */
const EXAMPLES = { 'vite-react': ['@clerk/react', '@clerk/clerk-js', '@clerk/ui'], 'express-api': ['@clerk/express'] };
/** What is asked for in the runs and is not there, and why that is as it should be. */
const NOT_THERE = {
  'GET /v1/users/{}': 'backend-api asks for a user who was deleted',
  'GET /v1/redirect_urls/{}': 'handover asks for an address that was taken off the list',
  'POST /v1/client/sign_ins/{}/attempt_first_factor': 'passkeys offers one that was removed',
  'POST /v1/client/sessions/{}/tokens/{}': 'tokens asks for one of a template that was deleted',
};

/** Scenarios that start a server of their own, or need what only `frontdesk-server dev` serves, such as pages at `localhost`. */
const ALONE = ['example-apis', 'examples', 'limits', 'oauth', 'oauth-browser', 'oauth-production', 'passkey-matrix', 'passkeys', 'passkeys-prebuilt', 'phones', 'prebuilt', 'production', 'rotation', 'second-factors-prebuilt', 'this-device', 'ways-prebuilt'];

/** Scenarios that need two servers. */
const TOGETHER = ['oauth-replicas'];

const database = process.env.FRONTDESK_SDK_DATABASE;
const wanted = process.argv.slice(2);
const files = readdirSync(scenarios)
  .filter((name) => name.endsWith('.test.mjs') && !(database ? ALONE : TOGETHER).includes(name.replace('.test.mjs', '')))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort()
  .map((name) => join(scenarios, name));
if (files.length === 0) {
  console.error(`No scenario is named like ${wanted.join(', ')}.`);
  process.exit(1);
}

for (const line of describePackages(here, ['@clerk/clerk-js', '@clerk/backend', '@clerk/expo', '@simplewebauthn/server', 'oidc-provider', 'playwright-core'])) console.log(line);
for (const [name, packages] of Object.entries(EXAMPLES)) {
  for (const line of describePackages(join(here, '../../examples', name), packages)) console.log(`examples/${name}: ${line}`);
}

const server = await (database ? startReplicas(database) : startServer()).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
console.log(`server: ${server.origin}, publishable key ${server.keys.publishable_key}`);

const watchdog = setTimeout(() => {
  console.error(`The run took longer than ${RUN_TIMEOUT_MS / 1000} seconds; giving up.`);
  server.kill();
  process.exit(1);
}, RUN_TIMEOUT_MS);
watchdog.unref();

// Each file gets a process of its own: the package keeps caches in module scope, and its BroadcastChannel would keep a
// process alive for ever.
process.env.CLERK_TELEMETRY_DISABLED = '1';
process.env.FRONTDESK_SDK_INSTANCE = JSON.stringify(server.instance());
let failures = 0;
const started = process.hrtime.bigint();
const stream = run({ files, concurrency: 1, forceExit: true, timeout: FILE_TIMEOUT_MS });
stream.on('test:fail', () => { failures += 1; });
stream.on('end', async () => {
  const stopped = await server.stop();
  if (stopped.problem) {
    console.error(stopped.problem);
    failures += 1;
  }
  for (const request of server.missing().filter((one) => !(one in NOT_THERE))) {
    console.error(`The packages asked for something that is not there: ${request}.`);
    failures += 1;
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(`${failures === 0 ? 'passed' : `FAILED (${failures})`} in ${seconds.toFixed(1)} s`);
  // The reporter writes through a pipe; let it flush.
  setTimeout(() => process.exit(failures === 0 ? 0 : 1), 50);
});
stream.compose(spec).pipe(process.stdout);
