// A `frontdesk-server` on a fresh data folder and a free loopback port.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Longest the server may take to answer for the first time: a new instance draws an RSA key. */
const START_TIMEOUT_MS = 60_000;
/** Longest the server may take to drain. */
const STOP_TIMEOUT_MS = 15_000;

/** Starts the program that FRONTDESK_SERVER names and waits until it answers. */
export async function startServer() {
  const program = process.env.FRONTDESK_SERVER;
  if (!program) throw new Error('FRONTDESK_SERVER must hold the path of the frontdesk-server program.');
  const data = mkdtempSync(join(tmpdir(), 'frontdesk-sdk-'));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(program, ['serve', '--data', data, '--listen', new URL(origin).host], {
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
    const keys = JSON.parse((await execute(program, ['keys', '--data', data])).stdout);
    return {
      origin,
      keys,
      kill,
      /** What a scenario's process needs to know; plain data. */
      instance: () => ({ program, data, origin, keys }),
      /** Sends SIGTERM and waits; the program has to end by itself and with 0. */
      async stop() {
        child.kill('SIGTERM');
        const late = pause(STOP_TIMEOUT_MS).then(() => undefined);
        const end = await Promise.race([exited, late]);
        kill();
        if (!end) return { problem: `The server did not stop within ${STOP_TIMEOUT_MS / 1000} s of SIGTERM.` };
        if (end.code !== 0) return { problem: `The server ended with ${end.code ?? end.signal}:\n${log}` };
        return {};
      },
    };
  } catch (error) {
    kill();
    throw new Error(`${error.message}\n${log}`);
  }
}

/** A port that was free a moment ago. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(origin, exited) {
  let ended;
  exited.then((end) => { ended = end; });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (ended) throw new Error(`The server ended with ${ended.code ?? ended.signal} before it answered.`);
    try {
      const answer = await fetch(`${origin}/v1/health`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await pause(50);
  }
  throw new Error(`The server did not answer within ${START_TIMEOUT_MS / 1000} s.`);
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
