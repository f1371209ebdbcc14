import { day } from '../../platform/clock.js';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { inBatches } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import {
  deleteOldEntries,
  deleteOldOrganizationEntries,
  keptLogs,
  type KeptLog,
} from './audit-retention.repository.js';

/** The name of the job that deletes old entries of the audit log; it runs every day. */
export const auditRetentionTask = 'expire-audit-entries';

const entriesAtOnce = 10_000;

type Needs = Pick<Services, 'directory' | 'withWorkspace' | 'clock'>;

/** Deletes entries that are older than their organization keeps them. That it did is an entry as well. */
export function createAuditRetentionTask(services: Needs): Task {
  return async (_payload, { signal }) => {
    for (const log of await keptLogs(services.directory)) {
      const before = new Date(services.clock.now().getTime() - log.days * day);
      await expireWorkspaces(services, log, before, signal);
      await expireOrganization(services, log, before, signal);
    }
  };
}

async function expireWorkspaces(
  { withWorkspace }: Needs,
  { workspaceIds }: KeptLog,
  before: Date,
  signal: AbortSignal,
): Promise<void> {
  for (const id of workspaceIds)
    await inBatches(entriesAtOnce, signal, () =>
      withWorkspace(id, (tx) => deleteOldEntries(tx, before, entriesAtOnce)),
    );
}

async function expireOrganization(
  { directory }: Needs,
  { organizationId }: KeptLog,
  before: Date,
  signal: AbortSignal,
): Promise<void> {
  await inBatches(entriesAtOnce, signal, () =>
    changeDirectory(directory, async ({ manager, concerns }) => {
      const some = await deleteOldOrganizationEntries(manager, organizationId, before, entriesAtOnce);
      if (some > 0) concerns(organizationId);
      return some;
    }),
  );
}
