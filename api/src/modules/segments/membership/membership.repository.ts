import { Bitmap, fromRoaring, readyToStore, toRoaring } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Membership, Standing } from './membership.js';

interface StandingRow extends Omit<Standing, 'baseSequence' | 'sequence' | 'version'> {
  baseSequence: string;
  sequence: string;
  version: string | null;
}

/** What is stored of memberships: of these segments, or of all that have any; by segment, in the order of their ids. */
export async function readStandings(
  tx: WorkspaceTransaction,
  segmentIds?: readonly string[],
): Promise<Standing[]> {
  const rows = await tx.query<StandingRow>(
    `select segment_id as "segmentId", base_sequence as "baseSequence", sequence, size, definition, version,
       as_of as "asOf", follows, error
     from segment_memberships where $1::uuid[] is null or segment_id = any($1) order by segment_id`,
    [segmentIds ?? null],
  );
  return rows.map((row) => ({
    ...row,
    baseSequence: Number(row.baseSequence),
    sequence: Number(row.sequence),
    version: row.version === null ? null : Number(row.version),
  }));
}

/** Members as they are stored, in the parts that they come from. */
export interface StoredMembership extends Membership {
  base: Bitmap;
  /** Whom the log since the base is about. */
  moved: Bitmap;
}

/** The members of a segment: the base, with everybody whom the log names since as it says of them last. */
export async function readMembership(
  tx: WorkspaceTransaction,
  segmentId: string,
): Promise<StoredMembership | undefined> {
  const rows = await tx.query<{
    sequence: string;
    base: Buffer | null;
    entered: Buffer | null;
    left: Buffer | null;
  }>(
    `select m.sequence, m.base, since.entered, since."left"
     from segment_memberships as m, lateral (
       select string_agg(int4send(ordinal), ''::bytea) filter (where entered) as entered,
         string_agg(int4send(ordinal), ''::bytea) filter (where not entered) as "left"
       from (
         select distinct on (ordinal) ordinal, entered from segment_transitions as t
         where t.segment_id = m.segment_id and t.sequence > m.base_sequence and ordinal is not null
         order by ordinal, t.sequence desc) as last
     ) as since
     where m.segment_id = $1`,
    [segmentId],
  );
  const row = rows[0];
  if (!row?.base) return undefined;
  await readyToStore();
  const base = fromRoaring(row.base);
  const [entered, left] = [unpack(row.entered), unpack(row.left)];
  const moved = entered.or(left);
  return { sequence: Number(row.sequence), base, moved, members: base.patched(moved, entered) };
}

/** Stores what has become of memberships, all but their members. */
export async function saveStandings(
  tx: WorkspaceTransaction,
  standings: readonly Omit<Standing, 'baseSequence'>[],
): Promise<void> {
  const rows = standings.map((standing) => ({ ...standing, asOf: standing.asOf?.toISOString() ?? null }));
  await tx.query(
    `insert into segment_memberships (workspace_id, segment_id, sequence, size, definition, version, as_of, follows, error)
     select $1, "segmentId", sequence, size, definition, version, "asOf", follows, error
     from jsonb_to_recordset($2) as row ("segmentId" uuid, sequence bigint, size integer, definition text,
       version bigint, "asOf" timestamptz, follows boolean, error jsonb)
     on conflict (workspace_id, segment_id) do update
     set sequence = excluded.sequence, size = excluded.size, definition = excluded.definition,
       version = excluded.version, as_of = excluded.as_of, follows = excluded.follows, error = excluded.error`,
    [tx.workspaceId, JSON.stringify(rows)],
  );
}

/** Stores members whole, as they are after the latest transition. */
export async function saveBase(
  tx: WorkspaceTransaction,
  segmentId: string,
  { sequence, members }: Membership,
): Promise<void> {
  await readyToStore();
  await tx.query('update segment_memberships set base = $2, base_sequence = $3 where segment_id = $1', [
    segmentId,
    Buffer.from(toRoaring(members)),
    sequence,
  ]);
}

function unpack(packed: Buffer | null): Bitmap {
  return packed ? Bitmap.fromPacked(packed) : Bitmap.empty;
}
