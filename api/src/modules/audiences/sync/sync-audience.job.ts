import { z } from 'zod';
import type { Task } from '../../../platform/module.js';
import { outsideOperation } from '../../../platform/operation.js';
import { failRun, runSync, type Running } from './run-sync.js';
import { takeRun } from './run-guard.js';

const payloadShape = z.object({ workspaceId: z.string(), syncId: z.string() });

/** Brings an audience up to date at its destination. When it fails for good, the run says so. */
export function createSyncTask(services: Running): Task {
  const { withWorkspace, clock } = services;
  // The runs have a history of their own.
  return (payload, { signal, log, isLastAttempt }) =>
    outsideOperation(async () => {
      const { workspaceId, syncId } = payloadShape.parse(payload);
      try {
        await runSync(services, { workspaceId, syncId, signal });
      } catch (error) {
        if (!isLastAttempt || signal.aborted) throw error;
        log.error({ err: error, syncId }, 'a sync of an audience was given up');
        const message = `A defect on our side; the run's id finds it in the log: ${syncId}.`;
        await withWorkspace(workspaceId, async (tx) =>
          failRun(tx, await takeRun(tx, syncId), message, clock.now()),
        );
      }
    });
}
