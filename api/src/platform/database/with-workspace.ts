import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { Failure, notFound } from '../errors.js';
import { isId } from '../ids.js';
import { currentOperation } from '../operation.js';
import type { UsageMeter, UsageMetric } from '../usage.js';
import { auditInWorkspace } from './audit.js';
import { Shares } from '../shares.js';
import { cancelOnAbort, type Cancel } from './cancel.js';
import { isLostRace } from './outage.js';

export { Collision } from './outage.js';

/** What a unit of work on one workspace has in hand. Valid only until the work returns. */
export interface WorkspaceTransaction {
  readonly workspaceId: string;
  /** The only manager whose statements run under this workspace. */
  readonly manager: EntityManager;
  /** Runs one SQL statement under this workspace and returns its rows. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Notes that these contacts changed in this facet; written to the change feed when the work is done. */
  changed(ordinals: number | Iterable<number>, facet: string): void;
  /** Counts what is used by this, if it is committed. */
  count(metric: UsageMetric, amount: number): void;
  /** The workspace's version: in a snapshot, the one that everything read in it belongs to. */
  version(): Promise<number>;
}

/** How a unit of work runs. */
export interface WorkOptions {
  /** Read everything as of one version (REPEATABLE READ, READ ONLY). */
  snapshot?: boolean;
  /** Aborted when nobody waits for the result any more: the statement under way is cancelled, the work rolled back. */
  signal?: AbortSignal;
  /** How long a statement may take, for work that is known to be long; otherwise as the connection says. */
  statementSeconds?: number;
  /** Whose use it is, of what is counted; the API key of the GraphQL request unless given. */
  keyId?: string | null;
}

/** What jobs and files ask for: finding a million members, or taking a thousand rows in, may take longer than a question. */
export const longStatementSeconds = 300;

/** How workspaces share the connections. */
export interface Sharing {
  /** How many of them one workspace uses at a time, so that the others find some. */
  perWorkspace?: number;
  cancel?: Cancel;
  /** Counts what committed work has used. */
  meter?: UsageMeter;
}

/** The one way in to tenant data: opens a transaction bound to the workspace, by row-level security. */
export type WithWorkspace = <Result>(
  workspaceId: string,
  work: (transaction: WorkspaceTransaction) => Promise<Result>,
  options?: WorkOptions,
) => Promise<Result>;

/** Runs work on one workspace: in the transaction at hand, or each time in one of its own. */
export type Within = <Result>(
  work: (transaction: WorkspaceTransaction) => Promise<Result>,
) => Promise<Result>;

/** Ordinal under which changes are noted that concern no contact, such as a segment's rule. */
export const noContact = -1;

const attempts = 8;

/**
 * Builds {@link WithWorkspace} on the app role's connections. Work that meets a deadlock, a serialization failure or a
 * {@link Collision} is rolled back and run again, so it must have no effect outside its transaction.
 */
export function createWithWorkspace(dataSource: DataSource, sharing: Sharing = {}): WithWorkspace {
  const shares = new Shares(sharing.perWorkspace ?? Infinity);
  return async (workspaceId, work, options = {}) => {
    if (!isId(workspaceId)) throw notFound('workspace', 'workspaceId');
    for (let attempt = 1; ; attempt += 1) {
      try {
        const run = () => runOnce({ dataSource, ...sharing }, workspaceId, work, options);
        return await shares.run(workspaceId, run, options.signal);
      } catch (error) {
        if (options.signal?.aborted) throw abandoned();
        if (attempt >= attempts || !isLostRace(error)) throw error;
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    }
  };
}

async function runOnce<Result>(
  { dataSource, cancel, meter }: Sharing & { dataSource: DataSource },
  workspaceId: string,
  work: (transaction: WorkspaceTransaction) => Promise<Result>,
  { snapshot = false, signal, statementSeconds, keyId }: WorkOptions,
): Promise<Result> {
  const used = new Map<UsageMetric, number>();
  const run = async (manager: EntityManager): Promise<Result> => {
    // All in one statement: each would cost a small transaction a round trip.
    const [bound] = await manager.query<{ pid: number }[]>(
      `select set_config('app.workspace_id', $1, true), pg_backend_pid() as pid,
         set_config('statement_timeout', coalesce($2, current_setting('statement_timeout')), true),
         set_config('transaction_read_only', coalesce($3, current_setting('transaction_read_only')), true)`,
      [workspaceId, statementSeconds === undefined ? null : `${statementSeconds}s`, snapshot ? 'on' : 'off'],
    );
    const changes = new ChangeSet();
    const transaction: WorkspaceTransaction = {
      workspaceId,
      manager,
      query: async (text, values) => {
        signal?.throwIfAborted();
        return manager.query(text, values);
      },
      changed: (ordinals, facet) => changes.add(ordinals, facet),
      count: (metric, amount) => void used.set(metric, (used.get(metric) ?? 0) + amount),
      version: () => readVersion(manager, workspaceId),
    };
    const stopWatching =
      signal && cancel && bound ? cancelOnAbort(signal, () => cancel(bound.pid)) : async () => undefined;
    const result = await work(transaction).finally(stopWatching);
    const operation = currentOperation();
    if (operation && !snapshot)
      await auditInWorkspace(manager, workspaceId, operation, { result, ...changes.summary() });
    // Last, so that the row is locked only while the transaction commits.
    if (changes.size > 0) await publish(manager, workspaceId, changes);
    return result;
  };
  // READ COMMITTED is PostgreSQL's own default: naming it would cost each small transaction a round trip.
  const done = await (snapshot
    ? dataSource.transaction('REPEATABLE READ', run)
    : dataSource.transaction(run));
  for (const [metric, amount] of used) meter?.count(workspaceId, metric, amount, keyId);
  return done;
}

/** The (ordinal, facet) pairs of one transaction, each once. */
class ChangeSet {
  readonly #ordinalsByFacet = new Map<string, Set<number>>();

  get size(): number {
    return this.#ordinalsByFacet.size;
  }

  add(ordinals: number | Iterable<number>, facet: string): void {
    const some = typeof ordinals === 'number' ? [ordinals] : ordinals;
    for (const ordinal of some) {
      const known = this.#ordinalsByFacet.get(facet);
      if (known) known.add(ordinal);
      else this.#ordinalsByFacet.set(facet, new Set([ordinal]));
    }
  }

  /** What changed, without saying of whom. */
  summary(): { facets: string[]; contacts: number } {
    const ofContacts = [...this.#ordinalsByFacet].filter(([, ordinals]) => !ordinals.has(noContact));
    const contacts = new Set(ofContacts.flatMap(([, ordinals]) => [...ordinals]));
    return { facets: ofContacts.map(([facet]) => facet).sort(), contacts: contacts.size };
  }

  columns(): { ordinals: number[]; facets: string[] } {
    const pairs = [...this.#ordinalsByFacet].flatMap(([facet, set]) =>
      [...set].map((ordinal) => ({ ordinal, facet })),
    );
    return { ordinals: pairs.map((pair) => pair.ordinal), facets: pairs.map((pair) => pair.facet) };
  }
}

async function publish(manager: EntityManager, workspaceId: string, changes: ChangeSet): Promise<void> {
  const { ordinals, facets } = changes.columns();
  await manager.query(
    `with clock as (
       insert into workspace_versions as v (workspace_id, version) values ($1, 1)
       on conflict (workspace_id) do update set version = v.version + 1
       returning version
     )
     insert into changes (workspace_id, version, ordinal, facet)
     select $1, clock.version, change.ordinal, change.facet
     from clock, unnest($2::int[], $3::text[]) as change (ordinal, facet)`,
    [workspaceId, ordinals, facets],
  );
}

async function readVersion(manager: EntityManager, workspaceId: string): Promise<number> {
  const rows: { version: string }[] = await manager.query(
    'select version from workspace_versions where workspace_id = $1',
    [workspaceId],
  );
  return Number(rows[0]?.version ?? 0);
}

function abandoned(): Failure {
  return new Failure('TIMEOUT', 'Nobody waits for this any more.');
}
