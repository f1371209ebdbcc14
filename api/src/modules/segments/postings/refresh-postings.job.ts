import { outsideOperation } from '../../../platform/operation.js';
import { eachWorkspace } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { refreshPostings } from './refresh-postings.js';

/** The name of the job that makes posting lists anew where they have fallen behind. */
export const refreshPostingsTask = 'refresh-postings';

/** Looks at each workspace in turn: most have too few contacts for lists, or lists that will do. */
export function createRefreshPostingsTask({
  directory,
  withWorkspace,
}: Pick<Services, 'directory' | 'withWorkspace'>): Task {
  return (_payload, { signal }) =>
    outsideOperation(() =>
      eachWorkspace({ directory }, signal, (id) => refreshPostings(withWorkspace, id, signal), 'unarchived'),
    );
}
