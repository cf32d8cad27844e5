// An instance whose connections are the providers of `openid.mjs`, and those providers.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instance } from './instance.mjs';
import { startLimited } from './limited.mjs';
import { planProviders, startProvider } from './openid.mjs';

/**
 * Starts them for a test: over the instance of the run when that knows such providers, and else over one of the test's own.
 * Answers with the providers by their strategies.
 */
export async function startConnected(t) {
  if (!instance.providers) {
    const folder = mkdtempSync(join(tmpdir(), 'frontdesk-connected-'));
    const { providers, settings } = await planProviders(folder);
    const server = await startLimited(settings);
    instance.providers = providers;
    t.after(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  }
  const started = {};
  for (const [strategy, plan] of Object.entries(instance.providers)) {
    started[strategy] = await startProvider(strategy, plan, instance.origin);
    t.after(() => started[strategy].stop());
  }
  return started;
}
