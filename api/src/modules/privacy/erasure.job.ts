import { z } from 'zod';
import type { Services, Task } from '../../platform/module.js';
import { outsideOperation } from '../../platform/operation.js';
import { erasePerson } from './erase-person.js';
import { requestTasks } from './open-request.js';
import { markEnded } from './privacy-request.repository.js';

const payloadShape = z.object({ workspaceId: z.string(), requestId: z.string() });

/** After so many seconds it is looked again whether what was under way has ended. */
const lookAgainAfter = 10;

/** Erases somebody. */
export function createErasureTask({
  withWorkspace,
  enqueue,
  clock,
}: Pick<Services, 'withWorkspace' | 'enqueue' | 'clock'>): Task {
  return async (payload, { signal, log, isLastAttempt }) => {
    const { workspaceId, requestId } = payloadShape.parse(payload);
    const now = (): Date => clock.now();
    try {
      if (await erasePerson({ withWorkspace, workspaceId, requestId, now, signal })) return;
      // Not by failing: an import may take hours, and attempts are for defects.
      await outsideOperation(() =>
        withWorkspace(workspaceId, (tx) =>
          enqueue(
            tx.manager,
            requestTasks.erasure,
            { workspaceId, requestId },
            {
              key: `privacy:${requestId}`,
              queue: `privacy:${workspaceId}`,
              runAt: new Date(now().getTime() + lookAgainAfter * 1000),
            },
          ),
        ),
      );
    } catch (error) {
      if (!isLastAttempt || signal.aborted) throw error;
      log.error({ err: error, requestId }, 'an erasure was given up');
      const message = `A defect on our side; the request's id finds it in the log: ${requestId}. Ask for it again.`;
      await withWorkspace(workspaceId, (tx) =>
        markEnded(tx, requestId, { now: now(), error: { code: 'INTERNAL', message, path: '' } }),
      );
    }
  };
}
