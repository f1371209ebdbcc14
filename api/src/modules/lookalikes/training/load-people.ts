import { references, type AttributeType } from '@coterie/rules';
import { readInBatches } from '../../../platform/database/read-in-batches.js';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { attributeCatalog, type AttributeDefinition } from '../../attributes/index.js';
import { findSegment, membersOf } from '../../segments/index.js';
import type { Lookalike } from '../lookalike.js';
import { requireSeedList } from '../seed-list.repository.js';
import type { ColumnForm, ToThread } from './protocol.js';

/** Rows in one message: enough to be quick, few enough that reading them holds nobody up. */
const batch = 5_000;
/** Windows in which events are counted, in days. */
const windows = [7, 30, 90] as const;
/** Names of events that get a column, the most frequent; targets of each; and how often one must have happened. */
const most = { names: 60, targets: 10 };
const leastEvents = 20;

/** Who is told from whom. */
export interface People {
  rows: number;
  seed: Uint32Array;
  values: Float64Array | undefined;
  pool: Uint32Array;
}

/** Loads the seed, and everybody else but those who are excluded. */
export async function loadPeople(tx: WorkspaceTransaction, lookalike: Lookalike, now: Date): Promise<People> {
  const { seedListId, excludedSegmentId, weighted } = lookalike;
  const members = await tx.query<{ ordinal: number; value: number | null }>(
    'select ordinal, value from seed_list_members where seed_list_id = $1 order by ordinal',
    [seedListId],
  );
  const apart = new Set(members.map(({ ordinal }) => ordinal));
  if (excludedSegmentId) {
    const { text, values } = await membersOf(tx, excludedSegmentId, now);
    for await (const rows of readInBatches<{ ordinal: number }>(tx, { text, values, size: batch }))
      for (const { ordinal } of rows) apart.add(ordinal);
  }
  const pool: number[] = [];
  let rows = 0;
  const all = { text: 'select ordinal from contacts order by ordinal', values: [], size: batch };
  for await (const some of readInBatches<{ ordinal: number }>(tx, all))
    for (const { ordinal } of some) {
      rows = ordinal + 1;
      if (!apart.has(ordinal)) pool.push(ordinal);
    }
  return {
    rows,
    seed: Uint32Array.from(members, ({ ordinal }) => ordinal),
    values: weighted ? Float64Array.from(members, ({ value }) => value ?? 0) : undefined,
    pool: Uint32Array.from(pool),
  };
}

/** The columns that made the seed, if a rule did: of them a model would learn nothing but that rule. */
export async function columnsOfRule(tx: WorkspaceTransaction, { seedListId }: Lookalike): Promise<string[]> {
  const { segmentId } = await requireSeedList(tx, seedListId, 'seedListId');
  const segment = segmentId ? await findSegment(tx, segmentId) : null;
  if (!segment?.rule) return [];
  const { attributeKeys, companyKeys, events } = references(segment.rule);
  return [...attributeKeys, ...companyKeys.map((key) => `company.${key}`), ...events];
}

/** Everything that is known of contacts, column by column: attributes, those of their companies, and what they did. */
export async function* loadColumns(tx: WorkspaceTransaction, now: Date): AsyncGenerator<ToThread> {
  const catalog = await attributeCatalog(tx);
  for (const { key, type } of comparable(catalog.contact))
    yield* column(tx, { column: key, form: formOf(type) }, type, {
      text: `select a.ordinal, ${valueOf(type)} as value from contact_attributes as a
             where a.key = $1 order by a.ordinal, a.position`,
      values: [key, now.toISOString()],
    });
  for (const { key, type } of comparable(catalog.company))
    yield* column(tx, { column: `company.${key}`, form: formOf(type) }, type, {
      text: `select c.ordinal, ${valueOf(type)} as value from contacts as c
             join company_attributes as a on a.company_id = c.company_id
             where a.key = $1 order by c.ordinal, a.position`,
      values: [key, now.toISOString()],
    });
  for (const event of await eventsToCompare(tx)) yield* events(tx, event, now);
}

/** Of the standard set, what says who somebody is rather than what they are like. */
const names = new Set(
  'first_name last_name street website linkedin_url mobile_ad_ids phone description stock_symbol'.split(' '),
);

/** Attributes in use, but for those by which somebody is told from everybody else. */
function comparable(attributes: ReadonlyMap<string, AttributeDefinition>): AttributeDefinition[] {
  return [...attributes.values()].filter(
    ({ key, standard, mirrored, archivedAt }) =>
      !mirrored && archivedAt === null && !(standard && names.has(key)),
  );
}

function formOf(type: AttributeType): 'category' | 'list' | 'boolean' | 'number' {
  if (type === 'text') return 'category';
  if (type === 'text_list') return 'list';
  return type === 'boolean' ? 'boolean' : 'number';
}

/** Of dates, the days since then. */
function valueOf(type: AttributeType): string {
  if (type === 'number') return `a.number`;
  if (type === 'boolean') return 'a.flag';
  return type === 'date' ? `extract(epoch from $2::timestamptz - a.instant)::float8 / 86400` : 'a.folded';
}

async function* column(
  tx: WorkspaceTransaction,
  form: ColumnForm,
  type: AttributeType,
  { text, values }: { text: string; values: unknown[] },
): AsyncGenerator<ToThread> {
  yield { kind: 'column', column: form };
  const used = type === 'date' ? values : values.slice(0, 1);
  for await (const rows of readInBatches<{ ordinal: number; value: string }>(tx, {
    text,
    values: used,
    size: batch,
  }))
    yield {
      kind: 'cells',
      cells: { ordinals: rows.map(({ ordinal }) => ordinal), values: rows.map(({ value }) => value) },
    };
}

interface EventToCompare {
  name: string;
  target: string | null;
}

/** The most frequent events, and their most frequent targets. */
async function eventsToCompare(tx: WorkspaceTransaction): Promise<EventToCompare[]> {
  return tx.query(
    `with counted as materialized (
       select folded_name as name, folded_target as target, count(*) as times from events group by 1, 2
     ), names as (
       select name, sum(times) as times from counted group by name having sum(times) >= $1
       order by sum(times) desc, name limit $2
     )
     select name, null as target from names
     union all
     select name, target from (
       select c.name, c.target, row_number() over (partition by c.name order by c.times desc, c.target) as place
       from counted c join names n on n.name = c.name where c.target is not null and c.times >= $1
     ) as t where place <= $3
     order by name, target nulls first`,
    [leastEvents, most.names, most.targets],
  );
}

async function* events(tx: WorkspaceTransaction, event: EventToCompare, now: Date): AsyncGenerator<ToThread> {
  const { name, target } = event;
  yield {
    kind: 'column',
    column: { form: 'event', column: name, windows, ...(target !== null && { target }) },
  };
  const within = windows.map(
    (days) => `count(*) filter (where occurred_at > $2::timestamptz - interval '${days} days')::int`,
  );
  const text = `select ordinal, extract(epoch from $2::timestamptz - max(occurred_at))::float8 / 86400 as days,
      array[${within.join(', ')}] as times
    from events where folded_name = $1 and occurred_at <= $2 ${target === null ? '' : 'and folded_target = $3'}
    group by ordinal order by ordinal`;
  const values = [name, now.toISOString(), ...(target === null ? [] : [target])];
  const rows = readInBatches<{ ordinal: number; days: number; times: number[] }>(tx, {
    text,
    values,
    size: batch,
  });
  for await (const some of rows)
    yield {
      kind: 'cells',
      cells: {
        ordinals: some.map(({ ordinal }) => ordinal),
        values: some.map(({ days }) => days),
        times: some.flatMap(({ times }) => times),
      },
    };
}
