import { Bitmap, fromRoaring } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** The lists of a facet. */
export interface Base {
  /** What they say was so at this version of the workspace. */
  version: number;
  /** Whether there is one for each value. */
  hasValues: boolean;
  madeAt: Date;
}

/** What a statement over posting lists gives: a row for each part. */
export interface ListRow {
  list: Buffer | null;
  /** Which step of a sequence it is of. */
  step?: number;
  instants?: Buffer | null;
}

/** Reads of which facets there are lists. */
export async function readBases(tx: WorkspaceTransaction): Promise<ReadonlyMap<string, Base>> {
  const rows = await tx.query<{ facet: string; version: string; has_values: boolean; made_at: Date }>(
    'select facet, version, has_values, made_at from posting_bases',
  );
  return new Map(
    rows.map(({ facet, version, has_values: hasValues, made_at: madeAt }) => [
      facet,
      { version: Number(version), hasValues, madeAt },
    ]),
  );
}

/** Everybody in any of the lists. */
export function inAny(rows: readonly ListRow[]): Bitmap {
  return fromRoaring(...rows.flatMap(({ list }) => list ?? []));
}

/** Whoever is in packed lists, or is there so often. */
export function soOften(rows: readonly ListRow[], holds?: (times: number) => boolean): Bitmap {
  const lists = rows.flatMap(({ list }) => list ?? []);
  return Bitmap.fromPacked(lists.length === 1 ? lists[0]! : Buffer.concat(lists), holds);
}

/** Ids of 2^18 ordinals each, the row of those from 0 first: 16 bytes for each, zero where an ordinal is nobody's. */
export const idsAtOnce = 2 ** 18;

/** Writes what packs them: rows of a place from 1 on, and a list. */
export const packedIds = `select 1 + taken.ordinal / ${idsAtOnce} as place,
    string_agg(coalesce(uuid_send(c.id), decode(repeat('00', 16), 'hex')), ''::bytea order by taken.ordinal) as list
  from generate_series(0, (select next_ordinal from contact_ordinals) - 1) as taken (ordinal)
  left join contacts c on c.ordinal = taken.ordinal
  group by 1`;
