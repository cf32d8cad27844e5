// Certificates of an authority that this run alone knows.

import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an authority and a certificate of it for these names; answers with the files and with the key's fingerprint. */
export function certify(folder, names) {
  const path = (name) => join(folder, name);
  const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (file) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path(file)];
  openssl('req', '-x509', ...key('ca.key'), '-subj', '/CN=Test authority', '-days', '2', '-out', path('ca.pem'));
  openssl('req', '-new', ...key('server.key'), '-subj', `/CN=${names[0]}`, '-out', path('server.csr'));
  writeFileSync(path('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\nextendedKeyUsage=serverAuth\n`);
  openssl(
    'x509', '-req', '-in', path('server.csr'), '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial',
    '-days', '2', '-extfile', path('names'), '-out', path('server.pem'),
  );
  const certificate = readFileSync(path('server.pem'), 'utf8');
  const { publicKey } = new X509Certificate(certificate);
  return {
    certificateFile: path('server.pem'),
    keyFile: path('server.key'),
    authorityFile: path('ca.pem'),
    fingerprint: createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64'),
  };
}
