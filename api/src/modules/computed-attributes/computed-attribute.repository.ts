import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { ComputedAttribute } from './computed-attribute.js';

interface Row extends Omit<ComputedAttribute, 'feedVersion'> {
  feedVersion: string;
}

/** The computed attributes that are in use, by key, with how far each has come; locked against another run. */
export async function lockComputedAttributes(tx: WorkspaceTransaction): Promise<ComputedAttribute[]> {
  const rows = await tx.query<Row>(
    `select c.key, d.type, c.computation, c.as_of as "asOf", c.sweep_ordinal as "sweepOrdinal",
       c.slide_to as "slideTo", c.slide_ordinal as "slideOrdinal", c.feed_version as "feedVersion",
       c.feed_ordinal as "feedOrdinal"
     from computed_attributes as c
     join attribute_definitions as d on d.subject = c.subject and d.key = c.key
     where d.archived_at is null order by c.key for no key update of c`,
  );
  return rows.map((row) => ({ ...row, feedVersion: Number(row.feedVersion) }));
}

/** Whether the workspace has any. */
export async function hasComputedAttributes(tx: WorkspaceTransaction): Promise<boolean> {
  return (await tx.query('select from computed_attributes limit 1')).length > 0;
}

/** Notes how far an attribute has come. */
export async function saveProgress(tx: WorkspaceTransaction, attribute: ComputedAttribute): Promise<void> {
  await tx.query(
    `update computed_attributes set as_of = $2, sweep_ordinal = $3, slide_to = $4, slide_ordinal = $5,
       feed_version = $6, feed_ordinal = $7
     where key = $1`,
    [
      attribute.key,
      attribute.asOf,
      attribute.sweepOrdinal,
      attribute.slideTo,
      attribute.slideOrdinal,
      attribute.feedVersion,
      attribute.feedOrdinal,
    ],
  );
}

/** Notes that nothing is under way for these attributes. */
export async function markComputed(
  tx: WorkspaceTransaction,
  keys: readonly string[],
  now: Date,
): Promise<void> {
  await tx.query('update computed_attributes set computed_at = $2 where key = any($1::text[])', [keys, now]);
}

/** The next contacts in the order of their ordinals. */
export async function contactsBeyond(
  tx: WorkspaceTransaction,
  ordinal: number,
  limit: number,
): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    'select ordinal from contacts where ordinal > $1 order by ordinal limit $2',
    [ordinal, limit],
  );
  return rows.map((row) => row.ordinal);
}

/** One entry of the feed. */
export interface Change {
  version: number;
  ordinal: number;
}

/** The next changes up to a version that can change what is computed from events of this name. */
export async function changesBeyond(
  tx: WorkspaceTransaction,
  { feedVersion, feedOrdinal }: Pick<ComputedAttribute, 'feedVersion' | 'feedOrdinal'>,
  { upTo, foldedName, limit }: { upTo: number; foldedName: string; limit: number },
): Promise<Change[]> {
  const rows = await tx.query<{ version: string; ordinal: number }>(
    `select version, ordinal from changes
     where (version, ordinal) > ($1::bigint, $2::int) and version <= $3 and ordinal >= 0 and facet in ('*', $4)
     order by version, ordinal limit $5`,
    [feedVersion, feedOrdinal, upTo, `event:${foldedName}`, limit],
  );
  return rows.map(({ version, ordinal }) => ({ version: Number(version), ordinal }));
}

/** Whether the feed has no gap after a version: whoever fell behind what is kept of it has to begin anew. */
export async function feedGoesOnFrom(tx: WorkspaceTransaction, version: number): Promise<boolean> {
  return (await tx.query('select from changes where version = $1 limit 1', [version + 1])).length > 0;
}

/** Locks those of the contacts that are there, in the order in which everybody locks them. */
export async function lockContacts(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    'select ordinal from contacts where ordinal = any($1::int[]) order by ordinal for no key update',
    [ordinals],
  );
  return rows.map((row) => row.ordinal);
}
