import { readInBatches } from '../../platform/database/read-in-batches.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { heldByContact } from './erasure.repository.js';
import type { Subject } from './privacy-request.js';

/** A row as the database has it, without what only Coterie needs. */
export type HeldRow = Record<string, unknown>;

const rowsAtOnce = 1_000;

/** What is not handed out: keys within Coterie, spellings that values are compared by, and who of the members did it. */
const internal = [
  'workspace_id',
  'ordinal',
  'holder',
  'claimant',
  'folded',
  'folded_name',
  'folded_target',
  'folded_source',
  'merged_by',
  'undone_by',
  'dismissed_by',
  'decided_by',
];

/** The names of what a row refers to, which say more than its id. */
const nameOf: Partial<Record<(typeof heldByContact)[number][1], string>> = {
  list_members: '(select name from segments where id = t.segment_id)',
  seed_list_members: '(select name from seed_lists where id = t.seed_list_id)',
  lookalike_ranks: '(select name from lookalikes where id = t.lookalike_id)',
};

/** A row as JSON, of the table that is called `t`; with a name where it has one. */
function rowOf(name = 'null::text'): string {
  const hidden = internal.map((column) => `'${column}'`).join(', ');
  return `jsonb_strip_nulls(to_jsonb(t) - array[${hidden}] || jsonb_build_object('called', ${name})) as row`;
}

async function* rows(tx: WorkspaceTransaction, text: string, values: unknown[]): AsyncGenerator<HeldRow[]> {
  for await (const batch of readInBatches<{ row: HeldRow }>(tx, { text, values, size: rowsAtOnce }))
    yield batch.map(({ row }) => row);
}

/**
 * Everything that is held about contacts, by what it is called, batch by batch: whole rows, so that what a table is given
 * later is there by itself.
 */
export async function* heldAbout(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): AsyncGenerator<[kind: string, rows: HeldRow[]]> {
  const mine = '= any($1::int[])';
  yield* called(
    'contact',
    rows(tx, `select ${rowOf()} from contacts as t where ordinal ${mine}`, [ordinals]),
  );
  for (const [kind, table, column] of heldByContact) {
    const text = `select ${rowOf(nameOf[table])} from ${table} as t where ${column} ${mine}`;
    yield* called(singular(kind), rows(tx, text, [ordinals]));
  }
  const entered = `select ${rowOf('(select name from segments where id = t.segment_id)')} from segment_transitions as t
    where ordinal ${mine} or ordinal in (
      select loser_ordinal from contact_merges where holder ${mine} and undone_at is null)`;
  yield* called('segment transition', rows(tx, entered, [ordinals]));
  const theirs = `(select company_id from contacts where ordinal ${mine})`;
  const companies = `select ${rowOf()} from companies as t where id in ${theirs}`;
  yield* called('company', rows(tx, companies, [ordinals]));
  const attributes = `select ${rowOf()} from company_attributes as t where company_id in ${theirs}`;
  yield* called('company attribute', rows(tx, attributes, [ordinals]));
  const signals = `select ${rowOf()} from company_signals as t where company_id in ${theirs}`;
  yield* called('company signal', rows(tx, signals, [ordinals]));
}

/** What is decided about identities by their value. */
export async function* decidedAbout(
  tx: WorkspaceTransaction,
  identities: Subject['identities'],
): AsyncGenerator<[kind: string, rows: HeldRow[]]> {
  const values = [identities.map(({ kind }) => kind), identities.map(({ value }) => value)];
  const given = `join unnest($1::text[], $2::text[]) as given (kind, value)
    on given.kind = t.kind and given.value = t.value`;
  yield* called('suppression', rows(tx, `select ${rowOf()} from suppressions as t ${given}`, values));
  yield* called('block', rows(tx, `select ${rowOf()} from blocked_identities as t ${given}`, values));
}

/** What the audit log says of contacts by all the ids that they had, and of their merges, without who did it. */
export async function* auditedAbout(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): AsyncGenerator<[kind: string, rows: HeldRow[]]> {
  const ids = `select id::text from contacts where ordinal = any($1::int[])
    union all
    select unnest(array[loser_id, id])::text from contact_merges where holder = any($1::int[])`;
  const text = `select jsonb_build_object('at', at, 'operation', operation, 'fields', fields) as row
    from audit_entries where subject_id in (${ids}) order by at`;
  yield* called('audit entry', rows(tx, text, [ordinals]));
}

async function* called(
  kind: string,
  batches: AsyncGenerator<HeldRow[]>,
): AsyncGenerator<[kind: string, rows: HeldRow[]]> {
  for await (const batch of batches) yield [kind, batch];
}

/** `seed list` of `seed lists`, `identity` of `identities`. */
function singular(kind: string): string {
  return kind.replace(/ies$/u, 'y').replace(/s$/u, '');
}
