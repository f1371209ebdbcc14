import { fold } from '@coterie/rules';
import type { WorkspaceAccess } from '../../platform/context.js';
import { auditInWorkspace } from '../../platform/database/audit.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Services } from '../../platform/module.js';
import { currentOperation, outsideOperation, type Operation } from '../../platform/operation.js';
import { checkEvent } from './check-event.js';
import { createEnsurePartitions } from './ensure-partitions.js';
import { GroupCommit } from './group-commit.js';
import type { Incoming, Outcome } from './incoming.js';
import { storeBatch } from './store-batch.js';

/**
 * Stores a batch, an outcome for each item in the given order. When it returns, all of it is committed. Batches of one
 * workspace are stored in the order in which they came. Throws UNAVAILABLE, with nothing stored, when more comes in than
 * can be stored, and QUOTA_EXCEEDED when there is an event and no more may come in this month.
 * @param keyId of the API key that sends it, if one does.
 */
export type AcceptBatch = (
  workspace: WorkspaceAccess,
  incoming: readonly Incoming[],
  keyId: string | null,
) => Promise<Outcome[]>;

/** One batch that waits to be stored. */
interface Batch {
  workspace: WorkspaceAccess;
  items: readonly Incoming[];
  /** What it is entered in the audit log as. */
  operation: Operation | undefined;
  keyId: string | null;
}

const megabyte = 1024 * 1024;

/** Messages are weighed as JSON; each takes at least this much memory once it is read. */
const leastWeight = 1024;

/** Builds {@link AcceptBatch}. Workspaces share half of the connections to the database; the rest is for questions. */
export function createAcceptBatch(
  services: Pick<Services, 'withWorkspace' | 'clock' | 'metrics' | 'meter' | 'quotas'>,
  { databasePoolSize }: { databasePoolSize: number },
): AcceptBatch {
  const { withWorkspace, clock, metrics, meter, quotas } = services;
  const ensurePartitions = createEnsurePartitions(withWorkspace);

  async function storeTogether(batches: readonly Batch[]): Promise<Outcome[][]> {
    const { workspace } = batches.at(-1)!;
    const items = batches.flatMap((batch) => batch.items);
    const now = clock.now();
    await ensurePartitions(workspace.id, instantsOf(items));
    const store = async (transaction: WorkspaceTransaction): Promise<Outcome[][]> => {
      const outcomes = await storeBatch(transaction, { workspace, now }, items);
      const shares = batches.map((batch) => outcomes.splice(0, batch.items.length));
      for (const [index, batch] of batches.entries()) await audit(transaction, batch, shares[index]!);
      return shares;
    };
    const [keyId = null, ...others] = new Set(batches.map((batch) => batch.keyId));
    return withWorkspace(workspace.id, store, { keyId: others.length === 0 ? keyId : null });
  }

  // A transaction is nobody's alone: each batch is entered in the audit log by itself.
  const group = new GroupCommit((batches: Batch[]) => outsideOperation(() => storeTogether(batches)), {
    group: 4 * megabyte,
    pending: 64 * megabyte,
    perLane: 16 * megabyte,
    transactions: Math.floor(databasePoolSize / 2),
  });
  return async (workspace, incoming, keyId) => {
    if (incoming.length === 0) return [];
    const now = clock.now();
    const items = incoming.map((item) => check(item, now));
    if (items.some((item) => !item.problem && item.event)) await quotas.require(workspace.id, 'events');
    const batch = { workspace, items, operation: currentOperation(), keyId };
    const outcomes = await group.add(workspace.id, batch, weightOf(items));
    for (const status of ['stored', 'duplicate', 'refused', 'erased'] as const)
      metrics.countMessages(status, outcomes.filter((outcome) => outcome.status === status).length);
    meter.count(workspace.id, 'events', outcomes.filter(isEvent).length, keyId);
    return outcomes;
  };
}

/** Whether an event was stored. */
function isEvent(outcome: Outcome): boolean {
  return outcome.status === 'stored' && outcome.eventId !== null;
}

async function audit(
  { manager, workspaceId }: WorkspaceTransaction,
  { operation, items }: Batch,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (!operation) return;
  const stored = outcomes.flatMap((outcome) => (outcome.status === 'stored' ? [outcome.contactId] : []));
  const names = items.flatMap((item) =>
    item.problem || !item.event ? [] : [`event:${fold(item.event.name.trim())}`],
  );
  await auditInWorkspace(manager, workspaceId, operation, {
    result: null,
    facets: [...new Set(names)],
    contacts: new Set(stored).size,
  });
}

/** Refuses an event with a problem; leaves everything else as it is. */
export function check(item: Incoming, now: Date): Incoming {
  const problem = item.problem === undefined && item.event ? checkEvent(item.event, now) : undefined;
  return problem ? { ...item, problem: { ...problem, path: item.nameOf(problem.path) } } : item;
}

/** When the events among the items were done. */
export function instantsOf(items: readonly Incoming[]): Date[] {
  return items.flatMap((item) =>
    item.problem || !item.event ? [] : [item.event.occurredAt ?? item.receivedAt],
  );
}

function weightOf(items: readonly Incoming[]): number {
  return items.reduce((sum, { bytes }) => sum + Math.max(bytes, leastWeight), 0);
}
