import type { DataSource } from 'typeorm';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import type { IdempotencyMark } from '../../platform/operation.js';
import { outsideOperation } from '../../platform/operation.js';

/** Hours for which an answer is given again. */
export const keptHours = 24;
/** Seconds that a request may be silent before it is taken for dead: its process renews the lease more often. */
export const leaseSeconds = 60;

/** What is known of an earlier request under the same key. */
export interface EarlierRequest {
  request_hash: Buffer | null;
  is_running: boolean;
  changed: boolean;
  status: number | null;
  content_type: string | null;
  answer: Buffer | null;
}

/** An answer as it is stored. */
export interface StoredAnswer {
  requestHash: Buffer;
  status: number;
  contentType: string;
  answer: Buffer;
}

type Query = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

/** The stored requests: those of a workspace in its own rows, those of an organization in the directory. */
export class IdempotentRequestRepository {
  readonly #withWorkspace: WithWorkspace;
  readonly #directory: DataSource;

  constructor(services: { withWorkspace: WithWorkspace; directory: DataSource }) {
    this.#withWorkspace = services.withWorkspace;
    this.#directory = services.directory;
  }

  /**
   * Reserves a key. What is older than a day, or died without having changed anything, does not count any more.
   * @returns what is known of an earlier request; undefined when the key was free.
   */
  async reserve(mark: IdempotencyMark, requestHash: Buffer | null): Promise<EarlierRequest | undefined> {
    return this.#in(mark, async (query, table) => {
      const reserved = await query(
        `insert into ${table.name} as r (${table.scope}, caller, key_hash, request_hash, lease_until)
         values ($1, $2, $3, $4, now() + $5 * interval '1 second')
         on conflict (${table.scope}, caller, key_hash) do update
           set request_hash = excluded.request_hash, started_at = now(), lease_until = excluded.lease_until,
             changed = false, status = null, content_type = null, answer = null
           where r.started_at < now() - $6 * interval '1 hour'
             or r.status is null and not r.changed and r.lease_until < now()
         returning 1`,
        [...keyOf(mark), requestHash, leaseSeconds, keptHours],
      );
      if (reserved.length > 0) return undefined;
      const rows = await query<EarlierRequest>(
        `select request_hash, status is null and lease_until >= now() as is_running, changed, status, content_type, answer
         from ${table.name} where ${table.scope} = $1 and caller = $2 and key_hash = $3`,
        keyOf(mark),
      );
      // Gone between the two statements: its request could not be carried out, and is about to be sent again.
      return rows[0] ?? running;
    });
  }

  /** Says that the request is still under way. */
  async renew(mark: IdempotencyMark): Promise<void> {
    await this.#in(mark, (query, table) =>
      query(
        `update ${table.name} set lease_until = now() + $4 * interval '1 second'
         where ${table.scope} = $1 and caller = $2 and key_hash = $3 and status is null`,
        [...keyOf(mark), leaseSeconds],
      ),
    );
  }

  /** Keeps the answer. */
  async keep(mark: IdempotencyMark, stored: StoredAnswer): Promise<void> {
    const { requestHash, status, contentType, answer } = stored;
    await this.#in(mark, (query, table) =>
      query(
        `update ${table.name} set request_hash = $4, status = $5, content_type = $6, answer = $7
         where ${table.scope} = $1 and caller = $2 and key_hash = $3`,
        [...keyOf(mark), requestHash, status, contentType, answer],
      ),
    );
  }

  /** Frees the key of a request that has changed nothing. @returns whether it was so. */
  async release(mark: IdempotencyMark): Promise<boolean> {
    const rows = await this.#in(mark, (query, table) =>
      query<{ released: boolean }>(
        `with gone as (
           delete from ${table.name}
           where ${table.scope} = $1 and caller = $2 and key_hash = $3 and not changed and status is null returning 1
         ) select exists (select from gone) as released`,
        keyOf(mark),
      ),
    );
    return rows[0]!.released;
  }

  /** Deletes what is not given again any more in a workspace. */
  async expire(workspaceId: string): Promise<void> {
    await outsideOperation(() =>
      this.#withWorkspace(workspaceId, (tx) => tx.query(`delete from idempotent_requests where ${old}`)),
    );
  }

  /** Deletes what is not given again any more in any organization. */
  async expireOfOrganizations(): Promise<void> {
    await this.#directory.query(`delete from organization_idempotent_requests where ${old}`);
  }

  #in<Result>(
    { scope }: IdempotencyMark,
    work: (query: Query, table: { name: string; scope: string }) => Promise<Result>,
  ): Promise<Result> {
    if (scope.kind === 'organization') {
      const table = { name: 'organization_idempotent_requests', scope: 'organization_id' };
      return this.#directory.transaction((manager) =>
        work((text, values) => manager.query(rowsOnly(text), values), table),
      );
    }
    const table = { name: 'idempotent_requests', scope: 'workspace_id' };
    // What is noted of a request is no change of its own.
    return outsideOperation(() =>
      this.#withWorkspace(scope.id, (tx) => work((text, values) => tx.query(rowsOnly(text), values), table)),
    );
  }
}

/** What is not given again any more. */
const old = `started_at < now() - ${keptHours} * interval '1 hour'`;

/** TypeORM returns rows and their number for an update, and rows alone for everything else. */
function rowsOnly(text: string): string {
  return text.startsWith('update') ? `with done as (${text} returning 1) select count(*) from done` : text;
}

const running: EarlierRequest = {
  request_hash: null,
  is_running: true,
  changed: false,
  status: null,
  content_type: null,
  answer: null,
};

function keyOf({ scope, caller, keyHash }: IdempotencyMark): unknown[] {
  return [scope.id, caller, keyHash];
}
