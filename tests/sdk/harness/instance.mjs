// The running instance as a scenario sees it: its keys, its outbox, its public keys.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** `{ program, data, origin, keys }` of the server that run.mjs started. */
export const instance = JSON.parse(process.env.FRONTDESK_SDK_INSTANCE ?? 'null');
if (!instance) throw new Error('Scenarios are started by run.mjs.');

/** An address that nobody has used in this run. */
export function freshAddress(label) {
  return `${label}.${randomBytes(6).toString('hex')}@example.com`;
}

/** A password that passes the instance's rules and differs from every other one. */
export function freshPassword() {
  return `Lantern-${randomBytes(9).toString('base64url')}-7`;
}

/** Every message kept for an address, newest first. */
export async function outbox(address) {
  const { stdout } = await execute(instance.program, ['outbox', '--data', instance.data, '--to', address, '--json']);
  const text = stdout.trim();
  const messages = text.startsWith('[') ? JSON.parse(text) : text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return messages.sort((a, b) => b.created_at - a.created_at);
}

/**
 * The code of the newest message with one for an address that is none of `known` (ids of messages seen before). Delivery
 * is a queue, so the message may appear a moment after the answer that caused it.
 */
export async function codeFor(address, known = []) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const message = (await outbox(address)).find(({ id, code }) => code && !known.includes(id));
    if (message) return message.code;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`No message with a code for ${address} appeared in the outbox.`);
}
