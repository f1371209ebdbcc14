import { Bitmap, readyToStore, toRoaring } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { packedCompanies } from '../engine/companies.js';
import { packedIds } from '../engine/read-postings.js';
import { prepareToReadMuch } from '../engine/read-ordinals.js';
import type { Listed } from './facets.js';

/**
 * Makes the lists of a facet anew. What they say and the version that it is said of are read by one statement, so of one
 * snapshot.
 */
export async function writePostings(
  tx: WorkspaceTransaction,
  listed: Listed,
  { leastHolders }: { leastHolders: number },
): Promise<void> {
  await readyToStore();
  await lockPostings(tx);
  await prepareToReadMuch(tx);
  await tx.query('delete from posting_bases where facet = $1', [listed.facet]);
  if (listed.kind === 'event') await writeEvents(tx, listed);
  else if (listed.kind === 'everybody') await writeEverybody(tx, listed);
  else await writeValues(tx, listed, leastHolders);
}

/**
 * Deletes all lists of a workspace, which hold the values and numbers of people who are about to be deleted. Whoever is
 * making some is waited for, and what is made after this begins with what is there then.
 */
export async function forgetPostings(tx: WorkspaceTransaction): Promise<void> {
  await lockPostings(tx);
  await tx.query('delete from posting_bases');
}

/** Deletes the lists of facets that there are none of any more. */
export async function deletePostings(tx: WorkspaceTransaction, facets: readonly string[]): Promise<void> {
  await tx.query('delete from posting_bases where facet = any($1::text[])', [facets]);
}

async function lockPostings(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('postings ' || $1, 0))`, [tx.workspaceId]);
}

interface ValueRow {
  version: string;
  folded: string | null;
  number: number | null;
  flag: boolean | null;
  instant: Date | null;
  ordinals: Buffer;
}

/** A list for each value, and one of all holders. */
async function writeValues(tx: WorkspaceTransaction, listed: Listed, leastHolders: number): Promise<void> {
  const isRare = await hasRareValues(tx, listed, leastHolders);
  const rows = await tx.query<ValueRow>(
    `select (select version from workspace_versions) as version, folded, number, flag, instant::text,
       string_agg(int4send(ordinal), ''::bytea) as ordinals
     from (${isRare ? withoutValue(valuesOf(listed)) : valuesOf(listed)}) as v group by folded, number, flag, instant`,
    parametersOf(listed),
  );
  const [first] = rows;
  if (!first) return;
  await writeBase(tx, listed, { version: first.version, hasValues: !isRare });
  const sets = rows.map(({ ordinals }) => Bitmap.fromPacked(ordinals));
  const all = sets.reduce((one, other) => one.or(other));
  await writeList(tx, listed, 0, {}, toRoaring(all));
  if (isRare) return;
  for (const [index, row] of rows.entries())
    await writeList(tx, listed, index + 1, row, toRoaring(sets[index]!));
}

const parametersOf = ({ kind, name }: Listed): unknown[] => (kind === 'event' ? [] : [name]);

/** Asks each index of values for its own: only they begin with the key. */
function valuesOf({ kind }: Listed): string {
  const nulls = 'null::float8 as number, null::boolean as flag, null::timestamptz as instant';
  if (kind === 'consent') return `select ordinal, state as folded, ${nulls} from consents where channel = $1`;
  if (kind === 'identity')
    return `select ordinal, null::text as folded, ${nulls} from contact_identities where kind = $1`;
  const from =
    kind === 'attribute'
      ? 'contact_attributes a'
      : 'company_attributes a join contacts c on c.workspace_id = a.workspace_id and c.company_id = a.company_id';
  const columns = { folded: 'text', number: 'float8', flag: 'boolean', instant: 'timestamptz' };
  return Object.keys(columns)
    .map((column) => {
      const values = Object.entries(columns).map(([each, type]) =>
        each === column ? `a.${each}` : `null::${type}`,
      );
      return `select ${kind === 'attribute' ? 'a' : 'c'}.ordinal, ${values.map((value, index) => `${value} as ${Object.keys(columns)[index]}`).join(', ')}
        from ${from} where a.key = $1 and a.${column} is not null`;
    })
    .join('\nunion all\n');
}

function withoutValue(values: string): string {
  return `select ordinal, null::text as folded, null::float8 as number, null::boolean as flag, null::timestamptz as instant
    from (${values}) as every`;
}

async function hasRareValues(
  tx: WorkspaceTransaction,
  listed: Listed,
  leastHolders: number,
): Promise<boolean> {
  if (listed.kind !== 'attribute' && listed.kind !== 'company') return false;
  const [row] = await tx.query<{ rare: boolean }>(
    `select count(*) > $2 * greatest(count(distinct folded) + count(distinct number) + count(distinct instant), 1)
       is false as rare
     from (${valuesOf(listed)}) as v`,
    [listed.name, leastHolders],
  );
  return row?.rare === true;
}

/**
 * A list for each day, with instants and properties, and one for each target and day. They lie in the order in which they
 * are read.
 */
async function writeEvents(tx: WorkspaceTransaction, { facet, name }: Listed): Promise<void> {
  await tx.query(
    `with base as (
       insert into posting_bases (workspace_id, facet, version, has_values)
       select workspace_id, $2, version, true from workspace_versions
     ), happened as materialized (
       select folded_target, (occurred_at at time zone 'UTC')::date as day, ordinal, occurred_at, properties
       from events where folded_name = $3
     ), listed as (
       select null as target, day, string_agg(int4send(ordinal), ''::bytea) as list,
         string_agg(timestamptz_send(occurred_at), ''::bytea) as instants, array_agg(ordinal) as ordinals,
         array_agg(properties) as properties
       from happened group by day
       union all
       select folded_target, day, string_agg(int4send(ordinal), ''::bytea),
         string_agg(timestamptz_send(occurred_at), ''::bytea), null, null
       from happened where folded_target is not null group by folded_target, day
     )
     insert into postings (workspace_id, facet, place, folded, day, list, instants, ordinals, properties)
     select $1, $2, row_number() over (order by target, day), target, day, list, instants, ordinals, properties
     from listed order by target, day`,
    [tx.workspaceId, facet, name],
  );
}

/** Who works together, and everybody's id. */
async function writeEverybody(tx: WorkspaceTransaction, listed: Listed): Promise<void> {
  const rows = await tx.query<{ version: string | null; place: number; list: Buffer | null }>(
    `select (select version from workspace_versions) as version, 0 as place, (${packedCompanies}) as list
     union all
     select null, place, list from (${packedIds}) as ids
     order by place`,
  );
  const version = rows[0]?.version;
  if (!version) return;
  await writeBase(tx, listed, { version, hasValues: true });
  for (const { place, list } of rows) await writeList(tx, listed, place, {}, list ?? Buffer.alloc(0));
}

async function writeBase(
  tx: WorkspaceTransaction,
  { facet }: Listed,
  { version, hasValues }: { version: string; hasValues: boolean },
): Promise<void> {
  await tx.query(
    'insert into posting_bases (workspace_id, facet, version, has_values) values ($1, $2, $3, $4)',
    [tx.workspaceId, facet, version, hasValues],
  );
}

async function writeList(
  tx: WorkspaceTransaction,
  { facet }: Listed,
  place: number,
  { folded, number, flag, instant }: Partial<Omit<ValueRow, 'version' | 'ordinals'>>,
  list: Uint8Array,
): Promise<void> {
  await tx.query(
    `insert into postings (workspace_id, facet, place, folded, number, flag, instant, list)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tx.workspaceId, facet, place, folded, number, flag, instant, Buffer.from(list)],
  );
}
