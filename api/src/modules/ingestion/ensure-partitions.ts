import type { WithWorkspace } from '../../platform/database/with-workspace.js';

/** Makes sure that the months of these instants have a partition to be written to. */
export type EnsurePartitions = (workspaceId: string, instants: Iterable<Date>) => Promise<void>;

/**
 * Builds {@link EnsurePartitions}. Each month is asked for once per process, in a transaction of its own and before the
 * one that writes: attaching a partition takes a lock that should not be held while a batch is stored.
 */
export function createEnsurePartitions(withWorkspace: WithWorkspace): EnsurePartitions {
  const known = new Set<string>();
  return async (workspaceId, instants) => {
    const missing = new Map<string, Date>();
    for (const instant of instants) {
      const month = instant.toISOString().slice(0, 7);
      if (!known.has(month)) missing.set(month, instant);
    }
    for (const [month, instant] of missing) {
      await withWorkspace(workspaceId, (transaction) =>
        transaction.query('select ensure_event_partition($1)', [instant]),
      );
      known.add(month);
    }
  };
}
