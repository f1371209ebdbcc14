import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { Lookalike, TrainingReport } from './lookalike.js';

/** A lookalike with its time of creation in full precision, for cursors. */
export type LookalikeRow = Lookalike & { createdExactly: string };

const columns = `id, name, seed_list_id as "seedListId", excluded_segment_id as "excludedSegmentId", weighted,
  left_out as "leftOut", schedule, status, progress, training, trouble, pool_size as "poolSize", seed_size as "seedSize", report,
  trained_at as "trainedAt", next_training_at as "nextTrainingAt", created_by as "createdBy", created_at as "createdAt",
  archived_at as "archivedAt"`;

/** The lookalike; throws NOT_FOUND with `path` when the workspace has none of this id. */
export async function requireLookalike(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' = '',
): Promise<Lookalike> {
  const rows = isId(id)
    ? await tx.query<Lookalike>(`select ${columns} from lookalikes where id = $1 ${lock}`, [id])
    : [];
  if (!rows[0]) throw notFound('lookalike', path);
  return rows[0];
}

/** Lookalikes, the newest first, after the one named. */
export async function listLookalikes(
  tx: WorkspaceTransaction,
  archived: boolean,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<LookalikeRow[]> {
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from lookalikes
     where (archived_at is not null) = $1
       and ($2::text is null or (created_at, id) < ($2::timestamptz, $3::uuid))
     order by created_at desc, id desc limit $4`,
    [archived, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Stores a lookalike as it is; what training found stays. */
export async function saveLookalike(tx: WorkspaceTransaction, lookalike: Lookalike): Promise<void> {
  const { id, name, seedListId, excludedSegmentId, weighted, leftOut, schedule, status } = lookalike;
  const { progress, training, trouble, nextTrainingAt, createdBy, createdAt, archivedAt } = lookalike;
  await tx.query(
    `insert into lookalikes (workspace_id, id, name, seed_list_id, excluded_segment_id, weighted, left_out, schedule,
       status, progress, trouble, next_training_at, created_by, created_at, archived_at, training)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (workspace_id, id) do update set name = $3, excluded_segment_id = $5, weighted = $6, left_out = $7,
       schedule = $8, status = $9, progress = $10, trouble = $11, next_training_at = $12, archived_at = $15, training = $16`,
    [
      tx.workspaceId,
      id,
      name,
      seedListId,
      excludedSegmentId,
      weighted,
      leftOut,
      schedule,
      status,
      progress,
      trouble,
      nextTrainingAt,
      createdBy,
      createdAt,
      archivedAt,
      training,
    ],
  );
}

/** Notes how far training has come. @returns whether it is to go on: not when somebody has cancelled it. */
export async function noteProgress(
  tx: WorkspaceTransaction,
  { id, training }: Pick<Lookalike, 'id' | 'training'>,
  progress: number,
): Promise<boolean> {
  const rows = await tx.query(
    `with noted as (
       update lookalikes set status = 'training', progress = $2
       where id = $1 and training = $3 and status in ('queued', 'training') and archived_at is null returning 1
     )
     select * from noted`,
    [id, progress, training],
  );
  return rows.length > 0;
}

/** Has those wait to be grown whose time has come. @returns them, and those that wait already. */
export async function queueDue(tx: WorkspaceTransaction, now: Date): Promise<string[]> {
  await tx.query(
    `with due as (
       update lookalikes set status = 'queued', progress = 0, trouble = null, training = training + 1
       where archived_at is null and next_training_at <= $1 and status not in ('queued', 'training') returning 1
     )
     select * from due`,
    [now],
  );
  const rows = await tx.query<{ id: string }>(
    `select id from lookalikes
     where archived_at is null and status in ('queued', 'training') order by id`,
    [],
  );
  return rows.map(({ id }) => id);
}

/** Whom a lookalike ranks among the best so many, the best first. */
export async function bestOf(tx: WorkspaceTransaction, id: string, most: number): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    'select ordinal from lookalike_ranks where lookalike_id = $1 and rank <= $2 order by rank',
    [id, most],
  );
  return rows.map(({ ordinal }) => ordinal);
}

/** The best contacts of a lookalike, each with why: as many places in the report as there are reasons. */
export interface Ranking {
  ordinals: Uint32Array;
  /** Reasons of each contact, one after the other. */
  perContact: number;
  reasons: Int16Array;
  adds: Float32Array;
}

/** Contacts in one statement. */
const batch = 20_000;

/** Puts a ranking in the place of the one before. Contacts that have gone meanwhile are left out. */
export async function saveRanking(tx: WorkspaceTransaction, id: string, ranking: Ranking): Promise<void> {
  const { ordinals, perContact, reasons, adds } = ranking;
  await tx.query('delete from lookalike_ranks where lookalike_id = $1', [id]);
  for (let from = 0; from < ordinals.length; from += batch) {
    const some = Array.from(ordinals.subarray(from, from + batch));
    const slice = (of: Int16Array | Float32Array): string[] =>
      some.map(
        (_, index) => `{${of.subarray((from + index) * perContact, (from + index + 1) * perContact).join()}}`,
      );
    await tx.query(
      `insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank, reasons, adds)
       select $1, $2, given.ordinal, given.rank, given.reasons::smallint[], given.adds::real[]
       from unnest($3::int[], $4::int[], $5::text[], $6::text[]) as given (ordinal, rank, reasons, adds)
       join contacts c on c.ordinal = given.ordinal`,
      [tx.workspaceId, id, some, some.map((_, index) => from + index + 1), slice(reasons), slice(adds)],
    );
  }
}

/** Stores what training came to. */
export async function saveReport(
  tx: WorkspaceTransaction,
  id: string,
  found: {
    report: TrainingReport;
    poolSize: number;
    seedSize: number;
    trainedAt: Date;
    nextTrainingAt: Date | null;
  },
): Promise<void> {
  await tx.query(
    `update lookalikes set status = 'ready', progress = 1, trouble = null, report = $2, pool_size = $3, seed_size = $4,
       trained_at = $5, next_training_at = $6
     where id = $1`,
    [id, JSON.stringify(found.report), found.poolSize, found.seedSize, found.trainedAt, found.nextTrainingAt],
  );
}

/** Notes that training came to nothing, and why. The ranking of the time before stays. */
export async function saveTrouble(
  tx: WorkspaceTransaction,
  id: string,
  trouble: string,
  nextTrainingAt: Date | null,
): Promise<void> {
  await tx.query(
    `update lookalikes set status = 'failed', trouble = $2, next_training_at = $3
     where id = $1 and status in ('queued', 'training')`,
    [id, trouble, nextTrainingAt],
  );
}

/** One ranked contact. */
export interface RankedContact {
  ordinal: number;
  rank: number;
  reasons: number[] | null;
  adds: number[] | null;
}

/** A page of ranked contacts, the best first. */
export async function pageOfRanked(
  tx: WorkspaceTransaction,
  id: string,
  { after, most, limit }: { after: number; most: number; limit: number },
): Promise<RankedContact[]> {
  return tx.query(
    `select ordinal, rank, reasons, adds from lookalike_ranks
     where lookalike_id = $1 and rank > $2 and rank <= $3 order by rank limit $4`,
    [id, after, most, limit],
  );
}

/** The segments in use whose rules name a lookalike. */
export async function segmentsNaming(tx: WorkspaceTransaction, id: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select name from segments where archived_at is null and strpos(rule::text, $1) > 0 order by name limit 100`,
    [id],
  );
  return rows.map(({ name }) => name);
}
