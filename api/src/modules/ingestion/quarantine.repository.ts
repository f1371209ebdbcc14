import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { IncomingKind } from './incoming.js';

/** A row of `quarantined_events`. */
export interface QuarantinedRow {
  id: string;
  kind: IncomingKind;
  source: string;
  code: string;
  /** Begins with the event itself, not with the request that it came in. */
  path: string;
  message: string;
  body: string;
  receivedAt: Date;
}

/** Which quarantined events are meant: those that fit all that is given. */
export interface QuarantineFilter {
  ids?: readonly string[] | null;
  code?: string | null;
  /** The path itself. */
  path?: string | null;
  /** Received at this moment or later. */
  since?: Date | null;
  /** Received before this moment. */
  until?: Date | null;
}

const columns = `id, kind, source, code, path, message, body, received_at as "receivedAt"`;

/** The conditions of a filter, over parameters $1 to $5. */
const fits = `($1::uuid[] is null or id = any($1))
       and ($2::text is null or code = $2)
       and ($3::text is null or path = $3)
       and ($4::timestamptz is null or received_at >= $4)
       and ($5::timestamptz is null or received_at < $5)`;

function valuesOf({ ids, code, path, since, until }: QuarantineFilter): unknown[] {
  return [ids ?? null, code ?? null, path ?? null, since ?? null, until ?? null];
}

/** Writes down events that could not be taken, with the reason. */
export async function insertQuarantined(
  transaction: WorkspaceTransaction,
  rows: readonly QuarantinedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(
    `insert into quarantined_events (workspace_id, id, kind, source, code, path, message, body, received_at)
     select $1, refused.*
     from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                 $9::timestamptz[]) as refused`,
    [
      transaction.workspaceId,
      rows.map((row) => row.id),
      rows.map((row) => row.kind),
      rows.map((row) => row.source),
      rows.map((row) => row.code),
      rows.map((row) => row.path),
      rows.map((row) => row.message),
      rows.map((row) => row.body),
      rows.map((row) => row.receivedAt),
    ],
  );
}

/** Events that could not be taken, the newest first. Ids are made in the order of arrival. */
export async function listQuarantined(
  transaction: WorkspaceTransaction,
  filter: QuarantineFilter,
  after: string | undefined,
  limit: number,
): Promise<QuarantinedRow[]> {
  return transaction.query(
    `select ${columns} from quarantined_events
     where ${fits} and ($6::uuid is null or id < $6)
     order by id desc limit $7`,
    [...valuesOf(filter), after, limit],
  );
}

/** The same, the oldest first: the order in which they are replayed. */
export async function listOldestQuarantined(
  transaction: WorkspaceTransaction,
  filter: QuarantineFilter,
  after: string | undefined,
  limit: number,
): Promise<QuarantinedRow[]> {
  return transaction.query(
    `select ${columns} from quarantined_events
     where ${fits} and ($6::uuid is null or id > $6)
     order by id limit $7`,
    [...valuesOf(filter), after, limit],
  );
}

/** Takes these events out of quarantine; says which were still there. */
export async function takeQuarantined(
  transaction: WorkspaceTransaction,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await transaction.query<{ id: string }>(
    `with gone as (delete from quarantined_events where id = any($1::uuid[]) returning id) select id from gone`,
    [ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Deletes events from quarantine; says how many. */
export async function deleteQuarantined(
  transaction: WorkspaceTransaction,
  filter: QuarantineFilter,
): Promise<number> {
  const rows = await transaction.query<{ count: number }>(
    `with gone as (delete from quarantined_events where ${fits} returning 1)
     select count(*)::int as count from gone`,
    valuesOf(filter),
  );
  return rows[0]!.count;
}
