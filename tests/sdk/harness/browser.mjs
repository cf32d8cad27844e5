// A real browser: Chromium, driven by playwright-core, on pages of this computer. They load @clerk/clerk-js and @clerk/ui as
// scripts from the instance, as applications without a bundler do. Nothing of the packages is changed or replaced.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { instance } from './instance.mjs';

/** What a Chromium is called, as `crates/xtask/src/test.rs` looks for it too. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Hosts that lead nowhere but here. */
const HERE = ['127.0.0.1', 'localhost'];

/** The browser's program, or undefined when there is none. */
export const program = NAMES
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

/** Components of @clerk/ui and the path that shows each in the application. */
const COMPONENTS = { '/sign-up': 'SignUp', '/sign-in': 'SignIn', '/user-profile': 'UserProfile' };

/**
 * A web application on a free port of this computer, at the host that the instance is told under. It loads the packages
 * as scripts, and shows the prebuilt component that belongs to the path. `host` is another name of this computer.
 */
export async function startApplication({ host = '127.0.0.1' } = {}) {
  const named = (url) => here(url).replace('//127.0.0.1:', `//${host}:`);
  const attributes = `data-clerk-publishable-key="${instance.keys.publishable_key}" data-clerk-proxy-url="${named(instance.origin)}"`;
  const page = pageOf(named(instance.env.CLERK_JS_URL), named(instance.env.CLERK_UI_URL), attributes);
  const server = createServer((request, response) => {
    if (request.url.startsWith('/favicon')) return response.writeHead(204).end();
    return response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://${host}:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/**
 * The application's page: the packages' two scripts, and the component that belongs to the path. To `/sso-callback` people
 * come back from accounts elsewhere.
 */
export function pageOf(core, components, attributes) {
  return `<!doctype html><html lang="en"><title>Application</title><div id="component"></div>
    <script src="${core}" crossorigin="anonymous" ${attributes}></script>
    <script src="${components}" crossorigin="anonymous" ${attributes}></script>
    <script>
      const component = ${JSON.stringify(COMPONENTS)}[location.pathname];
      window.ready = window.Clerk.load({ telemetry: false, ui: { ClerkUI: window.__internal_ClerkUICtor } }).then(() => {
        if (location.pathname === '/sso-callback') {
          window.Clerk.handleRedirectCallback({ signInUrl: '/sign-in', signUpUrl: '/sign-up' });
        }
        if (component) window.Clerk['mount' + component](document.getElementById('component'), { routing: 'hash' });
      });
    </script></html>`;
}

/** The same address under the name that this page has. */
function here(url) {
  return url.replace('//localhost:', '//127.0.0.1:');
}

/**
 * Opens the browser. No name outside of this computer resolves in it, whatever else is told to it.
 * The packages refuse some things to browsers that say they are driven by a program.
 */
export async function startBrowser({ rules = [], args = [] } = {}) {
  const hosts = [...rules, 'MAP * ~NOTFOUND', ...HERE.map((host) => `EXCLUDE ${host}`)];
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-blink-features=AutomationControlled', `--host-resolver-rules=${hosts.join(', ')}`, ...args],
  });
}

/** Pictures of providers, for which the prebuilt components ask there and nowhere else. They do without. */
const ICON = /^https:\/\/img\.clerk\.com\/static\/[a-z]+\.svg$/;

/** What a browser must not do: the addresses outside of this computer that its pages asked for, and errors in them. */
export function watch(context, hosts = HERE) {
  const outside = [];
  const errors = [];
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !hosts.includes(hostname) && !ICON.test(request.url())) outside.push(request.url());
  });
  context.on('weberror', (error) => errors.push(error.error().message));
  return { outside, errors };
}

/** Opens the application in this context and waits until the packages have loaded. */
export async function openPage(context, origin) {
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(origin);
  await load(page);
  return { page, problems };
}

/** Waits until the packages have loaded in a page that was opened or loaded again. */
export async function load(page) {
  await page.waitForFunction(() => window.ready !== undefined);
  await page.evaluate(() => window.ready);
}
