// A `frontdesk-server dev` on a fresh data folder and a free loopback port, with the scripts of the SDKs that the example
// in `examples/vite-react` has installed.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { parseEnv, promisify } from 'node:util';

const execute = promisify(execFile);
/** Longest the server may take to answer for the first time: a new instance draws an RSA key. */
const START_TIMEOUT_MS = 60_000;
/** Longest the server may take to drain. */
const STOP_TIMEOUT_MS = 15_000;

/** Where the scripts of the SDKs are. */
export const PACKAGES = fileURLToPath(new URL('../../../examples/vite-react/node_modules', import.meta.url));

/** Starts the program that FRONTDESK_SERVER names and waits until it answers. */
export async function startServer() {
  const program = process.env.FRONTDESK_SERVER;
  if (!program) throw new Error('FRONTDESK_SERVER must hold the path of the frontdesk-server program.');
  const data = mkdtempSync(join(tmpdir(), 'frontdesk-sdk-'));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const envFile = join(data, '.env');
  const listen = ['--listen', new URL(origin).host];
  const child = spawn(program, ['dev', '--data', join(data, 'instance'), ...listen, '--env-file', envFile, '--sdk-dir', PACKAGES], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { log += chunk; });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  child.once('error', (error) => { log += `${error.message}\n`; });

  const kill = () => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  };
  process.once('exit', kill);

  try {
    await answering(origin, exited);
    // The last line of what it says: everything is written now.
    await until(() => log.includes('Ctrl+C'), exited);
    const keys = JSON.parse((await execute(program, ['keys', '--data', join(data, 'instance')])).stdout);
    const env = parseEnv(readFileSync(envFile, 'utf8'));
    return {
      origin,
      keys,
      kill,
      /** What a scenario's process needs to know; plain data. */
      instance: () => ({ program, data: join(data, 'instance'), origin, keys, env }),
      /** What was asked for and is not there, as `METHOD path` with every id hidden. */
      missing: () => notThere(log),
      /** Sends SIGTERM and waits; the program has to end by itself and with 0. */
      async stop() {
        child.kill('SIGTERM');
        const problem = await endOf(exited);
        kill();
        return problem ? { problem: `${problem}\n${log}` } : {};
      },
    };
  } catch (error) {
    kill();
    throw new Error(`${error.message}\n${log}`);
  }
}

/**
 * Starts a `frontdesk-server serve` of a scenario's own, whose data lie in `folder`, and waits until it has said its key.
 * It ends with the process at the latest, and the folder with it.
 */
export async function startServe(program, folder, args, env = {}) {
  const data = ['--data', join(folder, 'data')];
  const child = spawn(program, ['serve', ...data, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { log += chunk; });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const kill = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', kill);
  try {
    await until(() => /pk_(test|live)_/.test(log), exited);
  } catch (error) {
    throw new Error(`${error.message}\n${log}`);
  }
  return {
    data: data[1],
    keys: JSON.parse((await execute(program, ['keys', ...data])).stdout),
    /** Sends SIGTERM and waits; the program has to end by itself and with 0. */
    async stop() {
      child.kill('SIGTERM');
      const problem = await endOf(exited);
      kill();
      if (problem) throw new Error(`${problem}\n${log}`);
    },
  };
}

/** What is wrong with the end of a server that was asked to stop, if anything is. */
export async function endOf(exited) {
  const end = await Promise.race([exited, pause(STOP_TIMEOUT_MS)]);
  if (!end) return `The server did not stop within ${STOP_TIMEOUT_MS / 1000} s of SIGTERM.`;
  return end.code === 0 ? undefined : `The server ended with ${end.code ?? end.signal}.`;
}

/** Of a server's log: what was asked for and is not there, as `METHOD path` with every id hidden. */
export function notThere(log) {
  const answers = log.matchAll(/answered .*method=(\S+) path="([^"]*)" status=(?:404|405)/g);
  return [...new Set([...answers].map(([, method, path]) => `${method} ${path}`))];
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function answering(origin, exited) {
  return until(() => fetch(`${origin}/v1/health`).then((answer) => answer.ok, () => false), exited);
}

/** Looks again and again until it is so, or the server has ended. */
export async function until(isSo, exited) {
  let ended;
  exited.then((end) => { ended = end; });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`The server ended with ${ended.code ?? ended.signal} before it answered.`);
    if (await isSo()) return;
    await pause(50);
  }
  throw new Error(`The server did not answer within ${START_TIMEOUT_MS / 1000} s.`);
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
