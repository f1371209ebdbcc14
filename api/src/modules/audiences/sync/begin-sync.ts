import { randomUUID } from 'node:crypto';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { newId } from '../../../platform/ids.js';
import type { Enqueue } from '../../../platform/module.js';
import { plans, type AudienceSync, type SyncCause } from './audience-sync.js';
import { findSync, insertSync, openSyncOf } from './sync.repository.js';

/** The name of the job that brings an audience up to date at its destination. */
export const syncTask = 'sync-audience';

/** Runs of one destination that go on at the same time; each audience is always in the same lane, so it has one at a time. */
const lanes = 2;

/** What a new run is about. */
export interface NewSync {
  audienceId: string;
  destinationId: string;
  cause: SyncCause;
  createdBy: string;
  now: Date;
}

/** Begins a run, unless one of the audience is under way: that one is given. The audience is locked. */
export async function beginSync(
  tx: WorkspaceTransaction,
  enqueue: Enqueue,
  { audienceId, destinationId, cause, createdBy, now }: NewSync,
): Promise<AudienceSync> {
  const open = await openSyncOf(tx, audienceId);
  if (open) return open;
  const id = newId();
  await insertSync(tx, {
    id,
    audienceId,
    destinationId,
    cause,
    createdBy,
    phase: plans({ cause }) ? 'planning' : 'sending',
    startedAt: now,
    session: randomUUID(),
  });
  const begun = (await findSync(tx, id))!;
  await enqueueSync(tx, enqueue, begun);
  return begun;
}

/** Has a run gone on with, at once or after so many milliseconds. */
export async function enqueueSync(
  tx: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  enqueue: Enqueue,
  { id, audienceId, destinationId }: Pick<AudienceSync, 'id' | 'audienceId' | 'destinationId'>,
  wait = 0,
): Promise<void> {
  const lane = Number.parseInt(audienceId.slice(-2), 16) % lanes;
  // The queue goes by the time of the database.
  const later = wait > 0 ? { runAt: new Date(Date.now() + wait) } : {};
  await enqueue(
    tx.manager,
    syncTask,
    { workspaceId: tx.workspaceId, syncId: id },
    { key: `${syncTask}:${id}`, queue: `destination:${destinationId}:${lane}`, ...later },
  );
}
