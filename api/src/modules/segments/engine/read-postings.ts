import { Bitmap, fromRoaring, readyToStore } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** The lists of a facet. */
export interface Base {
  /** What they say was so at this version of the workspace. */
  version: number;
  /** Whether there is one for each value. */
  hasValues: boolean;
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
  const rows = await tx.query<{ facet: string; version: string; has_values: boolean }>(
    'select facet, version, has_values from posting_bases',
  );
  return new Map(
    rows.map(({ facet, version, has_values: hasValues }) => [facet, { version: Number(version), hasValues }]),
  );
}

/** Everybody in any of the lists. */
export async function inAny(rows: readonly ListRow[]): Promise<Bitmap> {
  await readyToStore();
  return rows
    .map(({ list }) => (list ? fromRoaring(list) : Bitmap.empty))
    .reduce((one, other) => one.or(other), Bitmap.empty);
}

/** Whoever is in packed lists, or is there so often. */
export function soOften(rows: readonly ListRow[], holds?: (times: number) => boolean): Bitmap {
  const lists = rows.flatMap(({ list }) => list ?? []);
  return Bitmap.fromPacked(lists.length === 1 ? lists[0]! : Buffer.concat(lists), holds);
}
