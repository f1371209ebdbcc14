import { setTimeout as sleep } from 'node:timers/promises';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { requireAudience } from '../audience.repository.js';
import type { AudienceSync } from './audience-sync.js';
import { lastSyncs } from './sync.repository.js';

/** Milliseconds between two looks at the run: a batch takes about as long. */
const lookEvery = 500;

/**
 * The latest run of an audience, and again whenever it has come further, until the signal is aborted. Throws NOT_FOUND when
 * there is no such audience.
 */
export async function* watchSyncs(
  withWorkspace: WithWorkspace,
  { workspaceId, audienceId }: { workspaceId: string; audienceId: string },
  signal: AbortSignal,
): AsyncGenerator<AudienceSync> {
  await withWorkspace(workspaceId, (tx) => requireAudience(tx, audienceId, 'id'));
  let shown = '';
  while (!signal.aborted) {
    const sync = await withWorkspace(workspaceId, async (tx) =>
      (await lastSyncs(tx, [audienceId])).get(audienceId),
    );
    const state = JSON.stringify(sync);
    if (sync && state !== shown) yield sync;
    shown = state;
    await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}
