// A real browser with one page open: Chromium, driven by playwright-core, on a page of this computer that loads
// @clerk/clerk-js as a script, as applications without a bundler do. Nothing of the package is changed or replaced.

import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { instance } from './instance.mjs';

/** What a Chromium is called, as `crates/xtask/src/test.rs` looks for it too. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** The files of the package that a page loads. */
const SCRIPTS = dirname(createRequire(import.meta.url).resolve('@clerk/clerk-js'));

/** The browser's program, or undefined when there is none. */
export const program = NAMES
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

/** A web application on a free port of this computer: one page, and the package's scripts. */
export async function startApplication() {
  const page = `<!doctype html><html lang="en"><title>Application</title>
    <script src="/clerk.browser.js" data-clerk-publishable-key="${instance.keys.publishable_key}"
      data-clerk-proxy-url="${instance.origin}"></script></html>`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://application');
    const script = join(SCRIPTS, basename(pathname));
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
    } else if (pathname.endsWith('.js') && existsSync(script)) {
      response.setHeader('content-type', 'text/javascript');
      createReadStream(script).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/** Opens the browser. No name outside of this computer resolves in it. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-blink-features=AutomationControlled',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** Opens the application in this context and waits until the package has loaded. */
export async function openPage(context, origin) {
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(origin);
  await page.waitForFunction(() => window.Clerk !== undefined);
  await page.evaluate(() => window.Clerk.load({ telemetry: false }));
  return { page, problems };
}
