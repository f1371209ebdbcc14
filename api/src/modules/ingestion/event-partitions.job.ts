import type { Services, Task } from '../../platform/module.js';

/** The name of the job that makes partitions ahead; it runs every day. */
export const partitionsTask = 'make-event-partitions';

/** How many months ahead there are partitions, besides the one that runs. */
const monthsAhead = 3;

/** Makes the partitions of the months to come, so that nobody has to wait for one when a month begins. */
export function createPartitionsTask({ directory, clock }: Pick<Services, 'directory' | 'clock'>): Task {
  return async () => {
    for (let month = 0; month <= monthsAhead; month += 1) {
      await directory.query(`select ensure_event_partition($1::timestamptz + $2::int * interval '1 month')`, [
        clock.now(),
        month,
      ]);
    }
  };
}
