// Which packages a run used.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One line per package: its name, the version and integrity hash in the lock file. Throws when what is installed is not
 * what the lock file says.
 */
export function describePackages(folder, names) {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return names.map((name) => {
    const locked = lock.packages[`node_modules/${name}`];
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    if (installed.version !== locked.version) {
      throw new Error(`${name} ${installed.version} is installed, the lock file says ${locked.version}: run npm ci.`);
    }
    return `${name} ${locked.version} ${locked.integrity}`;
  });
}
