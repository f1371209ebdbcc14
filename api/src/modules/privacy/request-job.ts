import { z } from 'zod';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Enqueue, Services, Task } from '../../platform/module.js';
import type { RequestKind } from './privacy-request.js';
import { markEnded } from './privacy-request.repository.js';

/** The names of the jobs that do what is asked for. */
export const requestTasks: Record<RequestKind, string> = { access: 'export-person', erasure: 'erase-person' };

/** Starts what a request asks for, or goes on with it: one request of a workspace at a time. */
export function enqueueRequest(
  enqueue: Enqueue,
  tx: WorkspaceTransaction,
  { id, kind, runAt }: { id: string; kind: RequestKind; runAt?: Date },
): Promise<void> {
  const { workspaceId } = tx;
  return enqueue(
    tx.manager,
    requestTasks[kind],
    { workspaceId, requestId: id },
    { key: `privacy:${id}`, queue: `privacy:${workspaceId}`, runAt },
  );
}

/** One run of the job of a request. */
export interface RequestRun {
  workspaceId: string;
  requestId: string;
  /** Aborted when the worker stops. */
  signal: AbortSignal;
}

const payloadShape = z.object({ workspaceId: z.string(), requestId: z.string() });

/** A job that does what a request asks for. When it fails for good, the request says so. */
export function createRequestTask(
  { withWorkspace, clock }: Pick<Services, 'withWorkspace' | 'clock'>,
  perform: (run: RequestRun) => Promise<void>,
): Task {
  return async (payload, { signal, log, isLastAttempt }) => {
    const { workspaceId, requestId } = payloadShape.parse(payload);
    try {
      await perform({ workspaceId, requestId, signal });
    } catch (error) {
      if (!isLastAttempt || signal.aborted) throw error;
      log.error({ err: error, requestId }, 'what a privacy request asks for was given up');
      const message = `A defect on our side; the request's id finds it in the log: ${requestId}. Ask for it again.`;
      await withWorkspace(workspaceId, (tx) =>
        markEnded(tx, requestId, { now: clock.now(), error: { code: 'INTERNAL', message, path: '' } }),
      );
    }
  };
}
