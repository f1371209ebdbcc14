import { startOfDay } from '@coterie/rules';
import { day } from '../../../platform/clock.js';
import {
  longStatementSeconds,
  type WorkspaceTransaction,
} from '../../../platform/database/with-workspace.js';
import { eachWorkspace, inBatches } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { readMembership, saveBase } from './membership.repository.js';
import { raiseRevision } from './progress.repository.js';
import { thinSizes, type Thinning } from './size.repository.js';
import { expireTransitions, staleBases } from './transition.repository.js';

/** The name of the job that keeps the history of segments from growing for ever. */
export const expireSegmentHistoryTask = 'expire-segment-history';

/** Days for which it is kept who entered a segment and who left it: whoever follows that and was away for longer begins anew. */
export const transitionDays = 90;

/** Days after which the size history has a point an hour at most, and after which one a day. */
export const sizeDays = { hours: 30, days: 365 } as const;

const rowsAtOnce = 20_000;

/** Deletes what is too old of who entered and left, and thins what is old of the sizes. */
export function createExpireSegmentHistoryTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  const { withWorkspace, clock } = services;
  return (_payload, { signal }) => {
    const ago = (days: number): Date => new Date(clock.now().getTime() - days * day);
    const thinnings: Thinning[] = [
      { grain: 1, to: 'hour', before: startOfDay(ago(sizeDays.hours), 'UTC') },
      { grain: 2, to: 'day', before: startOfDay(ago(sizeDays.days), 'UTC') },
    ];
    return eachWorkspace(services, signal, async (workspaceId) => {
      const within = <Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> =>
        withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
      const oldest = ago(transitionDays);
      for (const segmentId of await within((tx) => staleBases(tx, oldest)))
        await within((tx) => renewBase(tx, segmentId));
      await inBatches(rowsAtOnce, signal, () => within((tx) => expireTransitions(tx, oldest, rowsAtOnce)));
      for (const thinning of thinnings)
        await inBatches(rowsAtOnce, signal, () => within((tx) => thinSizes(tx, thinning, rowsAtOnce)));
    });
  };
}

/** A base that needs transitions which are to go is brought to the present: a segment in which little happens. */
async function renewBase(tx: WorkspaceTransaction, segmentId: string): Promise<void> {
  await raiseRevision(tx);
  const membership = await readMembership(tx, segmentId);
  if (membership) await saveBase(tx, segmentId, membership);
}
