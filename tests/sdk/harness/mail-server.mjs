// A mail server of this computer that takes every mail and keeps it (RFC 5321, as much of it as one client needs).

import { createServer } from 'node:net';

/** Starts it on a free port. */
export async function startMailServer() {
  const mails = [];
  const server = createServer((socket) => {
    let mail = null;
    let text = '';
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 here');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (mail?.lines) {
          if (line === '.') {
            mails.push({ to: mail.to, text: mail.lines.join('\n') });
            mail = null;
            say('250 kept');
          } else {
            mail.lines.push(line.replace(/^\./, ''));
          }
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'MAIL') mail = { to: '' };
        if (verb === 'RCPT') mail.to = /<(.*)>/.exec(line)[1];
        if (verb === 'DATA') {
          mail.lines = [];
          say('354 go on');
        } else if (verb === 'QUIT') {
          socket.end('221 bye\r\n');
        } else {
          say('250 fine');
        }
      }
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: server.address().port,
    stop: () => server.close(),
    /** The code in the newest mail to an address; mails come a moment after the answer that caused them. */
    async codeFor(address) {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const code = mails.findLast(({ to }) => to === address)?.text.match(/^Subject: .*?\b(\d{6})\b/m)?.[1];
        if (code) return code;
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
      throw new Error(`No mail to ${address} came.`);
    },
  };
}
