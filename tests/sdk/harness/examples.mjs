// The applications in examples/, started as their README says: with the lines that `frontdesk-server dev` wrote.

import { execFile, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { instance } from './instance.mjs';

/** Longest that an application may take to say where it listens. */
const START_TIMEOUT_MS = 60_000;

/** Starts `node` on these words in an example's folder and waits for the address in what it prints. */
export function startExample(name, words, variables = {}) {
  return start(name, process.execPath, words, variables);
}

/** Starts the built program of an example, which lies beside that of the instance. */
export function startProgram(name, variables = {}) {
  return start(name, join(dirname(instance.program), `frontdesk-example-${name}`), [], variables);
}

/**
 * Runs the script of an example until it ends, and answers with what it printed: `{ code, said, complained }`.
 */
export function runScript(name, script, variables) {
  return run(name, join(folder(name), script), [], { PATH: process.env.PATH, NO_PROXY: '127.0.0.1', ...variables });
}

/** Has an example's own compiler look at its types, and answers as `runScript` does. */
export function checkTypes(name) {
  const compiler = join(folder(name), 'node_modules/typescript/bin/tsc');
  return run(name, process.execPath, [compiler, '--noEmit', '--pretty', 'false'], { PATH: process.env.PATH });
}

function folder(name) {
  return fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
}

function run(name, program, words, env) {
  return new Promise((resolve) => {
    execFile(program, words, { cwd: folder(name), env }, (error, said, complained) => resolve({ code: error?.code ?? 0, said, complained }));
  });
}

async function start(name, program, words, variables) {
  const child = spawn(program, words, {
    cwd: folder(name),
    env: { ...process.env, ...instance.env, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  let said = '';
  const origin = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`examples/${name} did not start:\n${said}`)), START_TIMEOUT_MS);
    const settle = (how, value) => {
      clearTimeout(late);
      how(value);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
        const found = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(said);
        if (found) settle(resolve, found[0]);
      });
    }
    child.once('exit', (code) => settle(reject, new Error(`examples/${name} ended with ${code}:\n${said}`)));
  });
  return { origin, stop };
}
