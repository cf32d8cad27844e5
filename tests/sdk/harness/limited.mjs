// A `frontdesk-server serve` of a scenario's own: with settings of the owner's, and a clock that the scenario moves.

import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instance } from './instance.mjs';
import { freePort, startServe } from './server.mjs';

/**
 * Starts it with this `frontdesk.toml` and with a clock so many milliseconds ahead; from then on it is the instance of the
 * scenario.
 */
export async function startLimited(settings, begin = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-limited-'));
  const config = join(folder, 'frontdesk.toml');
  writeFileSync(config, settings);
  const clock = join(folder, 'clock');
  writeFileSync(clock, String(begin));
  const listen = `127.0.0.1:${await freePort()}`;
  const args = ['--config', config, '--listen', listen];
  const { data, keys, stop } = await startServe(instance.program, folder, args, { FRONTDESK_TEST_CLOCK: clock });
  Object.assign(instance, { origin: `http://${listen}`, data, keys });
  return {
    /** Moves the server's clock so many milliseconds ahead of the computer's. */
    ahead(milliseconds) {
      writeFileSync(`${clock}.new`, String(milliseconds));
      renameSync(`${clock}.new`, clock);
    },
    stop,
  };
}
