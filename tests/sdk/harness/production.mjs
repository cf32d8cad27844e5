// A team's instance: production keys, TLS with a certificate of its own, codes that arrive by mail; and an application on
// another host of the same domain. Only the browser of the test knows where both are.

import { execFile, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { pageOf } from './browser.mjs';
import { certify } from './certificates.mjs';
import { instance } from './instance.mjs';
import { startMailServer } from './mail-server.mjs';
import { freePort, PACKAGES, until } from './server.mjs';

const execute = promisify(execFile);
const HOSTS = { api: 'auth.example.test', application: 'app.example.test' };

/** Starts all three. */
export async function startProduction() {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-production-'));
  const tls = certify(folder, Object.values(HOSTS));
  const mails = await startMailServer();
  const port = await freePort();
  const config = join(folder, 'frontdesk.toml');
  writeFileSync(config, `environment = "production"
[mail]
url = "smtp://127.0.0.1:${mails.port}"
from = "Team <no-reply@example.test>"
unencrypted = true
`);
  const data = ['--data', join(folder, 'data')];
  const child = spawn(instance.program, [
    'serve', ...data, '--config', config, '--listen', `127.0.0.1:${port}`, '--public-url', `https://${HOSTS.api}`,
    '--tls-cert', tls.certificateFile, '--tls-key', tls.keyFile,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { log += chunk; });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const kill = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', kill);
  try {
    await until(() => log.includes('pk_live_'), exited);
  } catch (error) {
    throw new Error(`${error.message}\n${log}`);
  }
  const keys = JSON.parse((await execute(instance.program, ['keys', ...data])).stdout);
  const application = await startApplication(tls, keys.publishable_key);
  return {
    keys,
    origin: `https://${HOSTS.application}`,
    hosts: Object.values(HOSTS),
    codeFor: mails.codeFor,
    /** What the browser has to be told: where both hosts are, and whose certificate is theirs. */
    browser: {
      rules: [`MAP ${HOSTS.api}:443 127.0.0.1:${port}`, `MAP ${HOSTS.application}:443 127.0.0.1:${application.port}`],
      args: [`--ignore-certificate-errors-spki-list=${tls.fingerprint}`],
    },
    async stop() {
      await application.stop();
      mails.stop();
      child.kill('SIGTERM');
      const { code } = await exited;
      kill();
      if (code !== 0) throw new Error(`The server ended with ${code}:\n${log}`);
    },
  };
}

/** The application: its page, and the packages' scripts as its own files. */
async function startApplication(tls, key) {
  const page = pageOf('/clerk-js/clerk.browser.js', '/ui/ui.browser.js', `data-clerk-publishable-key="${key}"`);
  const server = createServer({ cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) }, (request, response) => {
    const { pathname } = new URL(request.url, 'https://application');
    const [, name] = pathname.split('/');
    const script = join(PACKAGES, '@clerk', name, 'dist', basename(pathname));
    if (!['clerk-js', 'ui'].includes(name)) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
    } else if (existsSync(script)) {
      response.setHeader('content-type', 'text/javascript');
      createReadStream(script).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: server.address().port,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
