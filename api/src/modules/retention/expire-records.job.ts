import { day } from '../../platform/clock.js';
import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { eachWorkspace, inBatches } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import {
  dropBeyond,
  forgetMarks,
  forgetMessages,
  markFeed,
  trimFeed,
  versionAt,
} from './records.repository.js';

/** The names of the jobs that keep records from growing for ever. */
export const recordTasks = {
  messages: 'forget-messages',
  feed: 'trim-change-feed',
  quarantine: 'cap-quarantine',
} as const;

/**
 * Days for which a message is known by its id. SDKs try again for minutes, and what a page or an app could not send waits
 * on the device until it is opened again: for most within days. Whoever sends older files again has 90.
 */
export const messageDays = 90;

/** Days for which the change feed is kept: whoever follows it and was away for longer begins anew. */
export const feedDays = 7;

/** Events in quarantine of one workspace at most: each may have 32 KB, and a page that goes wrong sends them all day. */
export const mostQuarantined = 100_000;

const rowsAtOnce = 20_000;

type Records = Pick<Services, 'directory' | 'withWorkspace' | 'clock'>;

/** Deletes rows of a workspace, a transaction for each batch; gives how many. */
function deleteRows(
  { withWorkspace }: Records,
  workspaceId: string,
  signal: AbortSignal,
  some: (tx: WorkspaceTransaction) => Promise<number>,
): Promise<number> {
  return inBatches(rowsAtOnce, signal, () =>
    withWorkspace(workspaceId, some, { statementSeconds: longStatementSeconds }),
  );
}

/** Forgets which messages came long ago. */
export function createForgetMessagesTask(services: Records): Task {
  return (_payload, { signal }) => {
    const before = new Date(services.clock.now().getTime() - messageDays * day);
    return eachWorkspace(services, signal, (id) =>
      deleteRows(services, id, signal, (tx) => forgetMessages(tx, before, rowsAtOnce)),
    );
  };
}

/** Deletes what nobody needs of the change feed any more. */
export function createTrimFeedTask(services: Records): Task {
  return (_payload, { signal }) => {
    const now = services.clock.now();
    const oldest = new Date(now.getTime() - feedDays * day);
    return eachWorkspace(services, signal, async (id) => {
      const upTo = await services.withWorkspace(id, async (tx) => {
        // Once a day, however often the job runs.
        await markFeed(tx, { now, unlessSince: new Date(now.getTime() - day / 2) });
        await forgetMarks(tx, oldest);
        return versionAt(tx, oldest);
      });
      if (upTo === undefined) return;
      await deleteRows(services, id, signal, (tx) => trimFeed(tx, upTo, rowsAtOnce));
    });
  };
}

/** Deletes the oldest events in quarantine where there are too many, and counts them. */
export function createCapQuarantineTask(
  services: Records & Pick<Services, 'metrics'>,
  most = mostQuarantined,
): Task {
  return (_payload, { signal }) =>
    eachWorkspace(services, signal, async (id) => {
      const dropped = await deleteRows(services, id, signal, (tx) => dropBeyond(tx, most, rowsAtOnce));
      services.metrics.countDropped(dropped);
    });
}
