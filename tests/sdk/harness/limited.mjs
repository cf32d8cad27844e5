// A `frontdesk-server serve` of a scenario's own: with settings of the owner's, and a clock that the scenario moves.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { instance } from './instance.mjs';
import { endOf, freePort, until } from './server.mjs';

const execute = promisify(execFile);

/** Starts it with this `frontdesk.toml`; from then on it is the instance of the scenario. */
export async function startLimited(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-limited-'));
  const config = join(folder, 'frontdesk.toml');
  writeFileSync(config, settings);
  const clock = join(folder, 'clock');
  const data = ['--data', join(folder, 'data')];
  const port = await freePort();
  const child = spawn(instance.program, ['serve', ...data, '--config', config, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FRONTDESK_TEST_CLOCK: clock },
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
    await until(() => log.includes('pk_test_'), exited);
  } catch (error) {
    throw new Error(`${error.message}\n${log}`);
  }
  const keys = JSON.parse((await execute(instance.program, ['keys', ...data])).stdout);
  Object.assign(instance, { origin: `http://127.0.0.1:${port}`, data: data[1], keys });
  return {
    /** Moves the server's clock so many milliseconds ahead of the computer's. */
    ahead(milliseconds) {
      writeFileSync(`${clock}.new`, String(milliseconds));
      renameSync(`${clock}.new`, clock);
    },
    async stop() {
      child.kill('SIGTERM');
      const problem = await endOf(exited);
      kill();
      if (problem) throw new Error(`${problem}\n${log}`);
    },
  };
}
