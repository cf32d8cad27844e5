// A team's instance: production keys, TLS with a certificate of its own, codes that arrive by mail; and an application on
// another host of the same domain. Only the browser of the test knows where both are.

import { createReadStream, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pageOf } from './browser.mjs';
import { certify } from './certificates.mjs';
import { instance } from './instance.mjs';
import { startMailServer } from './mail-server.mjs';
import { freePort, PACKAGES, startServe } from './server.mjs';

const HOSTS = { api: 'auth.example.test', application: 'app.example.test' };

/** Starts all three. `settings` are more lines of the owner's `frontdesk.toml`. */
export async function startProduction(settings = '') {
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
${settings}`);
  const server = await startServe(instance.program, folder, [
    '--config', config, '--listen', `127.0.0.1:${port}`, '--public-url', `https://${HOSTS.api}`,
    '--tls-cert', tls.certificateFile, '--tls-key', tls.keyFile,
  ]);
  const { keys } = server;
  const application = await startApplication(tls, keys.publishable_key);
  return {
    keys,
    origin: `https://${HOSTS.application}`,
    publicUrl: `https://${HOSTS.api}`,
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
      await server.stop();
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
