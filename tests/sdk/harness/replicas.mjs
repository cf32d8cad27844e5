// Two `frontdesk-server serve` over one PostgreSQL database, behind a proxy that gives each request to the other one in
// turn, unless the caller names one.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { planProviders } from './openid.mjs';
import { PACKAGES, endOf, freePort, notThere, until } from './server.mjs';

const execute = promisify(execFile);
/** Where the proxy serves the scripts of the SDKs, which a team's instance does not serve itself. */
const SCRIPTS = '/npm/';

/** The header in which a caller names the server that is to answer, 0 or 1. */
export const REPLICA = 'x-test-replica';

/** Starts them over the database that this URL names, which has to be empty. */
export async function startReplicas(database) {
  const program = process.env.FRONTDESK_SERVER;
  if (!program) throw new Error('FRONTDESK_SERVER must hold the path of the frontdesk-server program.');
  const data = mkdtempSync(join(tmpdir(), 'frontdesk-sdk-'));
  // The scenarios' own calls of the program find the database and the key in the environment too.
  process.env.FRONTDESK_DATABASE_URL = database;
  process.env.FRONTDESK_INSTANCE_KEY = randomBytes(32).toString('hex');

  const { providers, settings } = await planProviders(data);
  const config = join(data, 'frontdesk.toml');
  writeFileSync(config, settings);
  const ports = [];
  let turn = 0;
  const proxy = createServer((incoming, outgoing) => {
    const script = incoming.url.startsWith(SCRIPTS) && join(PACKAGES, incoming.url.slice(SCRIPTS.length));
    if (script && existsSync(script)) {
      outgoing.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' });
      outgoing.end(readFileSync(script));
      return;
    }
    turn += 1;
    const { method, url, headers } = incoming;
    const which = Number(headers[REPLICA] ?? turn % ports.length);
    const onward = ask({ host: '127.0.0.1', port: ports[which], method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const origin = `http://127.0.0.1:${proxy.address().port}`;

  let log = '';
  const servers = [];
  const kill = () => {
    servers.forEach(({ child }) => child.kill('SIGKILL'));
    proxy.close();
    rmSync(data, { recursive: true, force: true });
  };
  process.once('exit', kill);
  try {
    for (const name of ['one', 'other']) {
      const port = await freePort();
      const place = ['--data', join(data, name), '--listen', `127.0.0.1:${port}`, '--public-url', origin, '--config', config];
      const child = spawn(program, ['serve', ...place], { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { log += chunk; });
      const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
      child.once('error', (error) => { log += `${error.message}\n`; });
      servers.push({ child, exited });
      await until(() => fetch(`http://127.0.0.1:${port}/v1/health`, { headers: { host: new URL(origin).host } }).then((answer) => answer.ok, () => false), exited);
      ports.push(port);
    }
    const keys = JSON.parse((await execute(program, ['keys', '--data', join(data, 'one')])).stdout);
    const pages = origin.replace('127.0.0.1', 'localhost');
    const script = (name, file) => `${pages}${SCRIPTS}@clerk/${name}/dist/${file}.browser.js`;
    const env = { CLERK_JS_URL: script('clerk-js', 'clerk'), CLERK_UI_URL: script('ui', 'ui') };
    return {
      origin,
      keys,
      kill,
      instance: () => ({ program, data: join(data, 'one'), origin, keys, env, providers }),
      missing: () => notThere(log),
      async stop() {
        servers.forEach(({ child }) => child.kill('SIGTERM'));
        const problems = await Promise.all(servers.map(({ exited }) => endOf(exited)));
        kill();
        const problem = problems.find(Boolean);
        return problem ? { problem: `${problem}\n${log}` } : {};
      },
    };
  } catch (error) {
    kill();
    throw new Error(`${error.message}\n${log}`);
  }
}
