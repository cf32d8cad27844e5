// A browser without scripts, at the pages of a provider: one address after the other, cookies, and forms that a person fills
// in. It goes to hosts of this computer alone.

import assert from 'node:assert/strict';
import { request as ask } from 'node:http';

/** Most pages and redirects of one visit. */
const MOST_STEPS = 20;
/** How a browser may be sent on after a form or from an address. */
const SENT_ON = [302, 303];
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** One browser; its cookies outlive a visit. */
export class Visitor {
  /** Every address that it was at, without query. */
  been = [];
  #cookies = new Map();

  /** `headers` are sent along to every page. */
  constructor(headers = {}) {
    this.headers = headers;
  }

  /**
   * Opens an address and goes on until it is sent to one that begins with `until`, which it answers with. `fill` gets the
   * fields that each form holds already, and says what is posted.
   */
  async follow(address, until, fill) {
    let step = { method: 'GET', url: new URL(address) };
    for (let count = 0; count < MOST_STEPS; count += 1) {
      const { status, location, html } = await this.look(step);
      if (location) {
        assert.ok(SENT_ON.includes(status), `${step.url.pathname} sends on with ${status}`);
        const next = new URL(location, step.url);
        if (next.href.startsWith(until)) return next;
        step = { method: 'GET', url: next };
      } else {
        assert.equal(status, 200, `${step.method} ${step.url.pathname}: ${html}`);
        step = await filled(html, step.url, fill);
      }
    }
    throw new Error(`After ${MOST_STEPS} steps the visit is at ${step.url.pathname} still.`);
  }

  /** Asks for one address, once: `{ status, location, html }`. `more` are headers of this time. */
  look({ method, url, form }, more = {}) {
    assert.ok(url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname), `${url.origin} is elsewhere`);
    this.been.push(`${method} ${url.origin}${url.pathname}`);
    const jar = this.#cookies.get(url.host) ?? new Map();
    this.#cookies.set(url.host, jar);
    const headers = { ...this.headers, ...more, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
    if (form) Object.assign(headers, { origin: url.origin, 'content-type': 'application/x-www-form-urlencoded' });
    return new Promise((resolve, reject) => {
      const going = ask(url, { method, headers }, async (answer) => {
        for (const line of answer.headers['set-cookie'] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
          if (value && !/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) jar.set(name, value);
          else jar.delete(name);
        }
        const html = (await answer.toArray()).join('');
        resolve({ status: answer.statusCode, location: answer.headers.location, html });
      });
      going.once('error', reject);
      going.end(form);
    });
  }
}

/** The one form of a page, as it is posted when it is filled in. */
async function filled(html, page, fill) {
  const [, action] = /<form method="post" action="([^"]+)"/.exec(html) ?? assert.fail(`There is no form: ${html}`);
  const held = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const hidden = Object.fromEntries(held.map(([, name, value]) => [name, plain(value)]));
  const form = new URLSearchParams({ ...hidden, ...(await fill(hidden)) });
  return { method: 'POST', url: new URL(plain(action), page), form: form.toString() };
}

function plain(text) {
  return text.replace(/&([a-z0-9#]+);/gi, (whole, name) => ENTITIES[name.toLowerCase()] ?? whole);
}
