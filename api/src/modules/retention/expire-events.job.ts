import { z } from 'zod';
import { longStatementSeconds } from '../../platform/database/with-workspace.js';
import { eachWorkspace, inBatches } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { oldestKept } from './event-retention.js';
import { allRetention, deleteOldEvents } from './event-retention.repository.js';

/** The name of the job that looks every day where events are too old. */
export const expireEventsTask = 'expire-events';
/** The name of the job that deletes those of one workspace: the first time, that may take hours. */
export const deleteOldEventsTask = 'delete-old-events';

/** Events that one transaction deletes: few enough that nobody waits for it. */
const eventsAtOnce = 5_000;

/** Starts the deletion in each workspace that does not keep all its events. */
export function createExpireEventsTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'enqueue'>,
): Task {
  return (_payload, { signal }) =>
    eachWorkspace(services, signal, (workspaceId) =>
      services.withWorkspace(workspaceId, async (tx) => {
        if (!(await allRetention(tx)).some(({ days }) => days !== null)) return;
        const options = { key: `retention:${workspaceId}`, queue: `retention:${workspaceId}` };
        await services.enqueue(tx.manager, deleteOldEventsTask, { workspaceId }, options);
      }),
    );
}

const payloadShape = z.object({ workspaceId: z.string() });

/** Deletes the events of a workspace that are too old, batch by batch, each with its entries in the change feed. */
export function createDeleteOldEventsTask({
  withWorkspace,
  clock,
}: Pick<Services, 'withWorkspace' | 'clock'>): Task {
  return async (payload, { signal }) => {
    const { workspaceId } = payloadShape.parse(payload);
    const settings = await withWorkspace(workspaceId, allRetention);
    const others = settings.map(({ foldedName }) => foldedName).filter((name) => name !== '');
    for (const { foldedName, days } of settings) {
      if (days === null) continue;
      const old = { foldedName, others, before: oldestKept(days, clock.now()) };
      await inBatches(eventsAtOnce, signal, () =>
        withWorkspace(workspaceId, (tx) => deleteOldEvents(tx, old, eventsAtOnce), {
          statementSeconds: longStatementSeconds,
        }),
      );
    }
  };
}
