import { amongOrdinals } from '../../platform/database/among-ordinals.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeSubject } from './attribute-definition.js';
import type { AttributeValue, ValueColumns } from './attribute-value.js';

/** A value and since when it is what it is. */
export interface HeldValue {
  value: AttributeValue;
  since: Date;
  /** The ordinal of the contact that it was first of, if it came with a merge; null for the holder's own. */
  mergedFrom: number | null;
}

/** What a contact (by ordinal) or a company (by id) holds, by key. */
export type HeldValues = Map<string, HeldValue>;

/** One value to be stored, or with null to be removed. */
export interface ValueWrite<Holder> {
  holder: Holder;
  key: string;
  value: AttributeValue | null;
  since: Date;
  mergedFrom: number | null;
  /** Whether the value differs from what is stored, and not only whose it is. */
  differs: boolean;
  /** How many items are stored for the key now. */
  storedItems: number;
}

/** Where the values of contacts and of companies are. Only contacts merge. */
export const stores = {
  contact: { table: 'contact_attributes', holder: 'ordinal', type: 'int', merges: true },
  company: { table: 'company_attributes', holder: 'company_id', type: 'uuid', merges: false },
} as const satisfies Record<AttributeSubject, object>;

interface ValueRow<Holder> extends ValueColumns {
  holder: Holder;
  key: string;
  since: Date;
  mergedFrom: number | null;
}

const columns = `key, text, folded, number, flag,
  floor(extract(epoch from instant) * 1000)::float8 as instant, since`;

/**
 * Reads values of many holders in one statement.
 * @param keys only these; null for all.
 * @param whole holders of which all keys are read, whatever `keys` says.
 */
export async function loadValues<Holder extends string | number>(
  tx: WorkspaceTransaction,
  subject: AttributeSubject,
  holders: readonly Holder[],
  keys: readonly string[] | null = null,
  whole: readonly Holder[] = [],
): Promise<Map<Holder, HeldValues>> {
  const byHolder = new Map<Holder, HeldValues>();
  if (holders.length === 0 || (keys?.length === 0 && whole.length === 0)) return byHolder;
  const { table, holder, type, merges } = stores[subject];
  const mergedFrom = merges ? 'merged_from' : 'null::int';
  const asked = subject === 'contact' ? amongOrdinals(holder, '$1') : `${holder} = any($1::${type}[])`;
  const rows = await tx.query<ValueRow<Holder>>(
    `select ${holder} as holder, ${columns}, ${mergedFrom} as "mergedFrom" from ${table}
     where ${asked} and ($2::text[] is null or key = any($2) or ${holder} = any($3::${type}[]))
     order by ${holder}, key, position`,
    [holders, keys, whole],
  );
  for (const row of rows) keep(byHolder, row);
  return byHolder;
}

function keep<Holder>(byHolder: Map<Holder, HeldValues>, row: ValueRow<Holder>): void {
  const { holder, key, since, mergedFrom, text, folded, number, flag, instant } = row;
  const values = byHolder.get(holder) ?? new Map<string, HeldValue>();
  byHolder.set(holder, values);
  const item: ValueColumns = { text, folded, number, flag, instant };
  const known = values.get(key);
  values.set(key, { since, mergedFrom, value: [...(known?.value ?? []), item] });
}

/** Writes values of holders that exist, in at most two statements. */
export async function writeValues<Holder extends string | number>(
  tx: WorkspaceTransaction,
  subject: AttributeSubject,
  writes: readonly ValueWrite<Holder>[],
): Promise<void> {
  await removeItems(
    tx,
    subject,
    writes.filter((write) => (write.value?.length ?? 0) < write.storedItems),
  );
  await insertValues(
    tx,
    subject,
    writes,
    `on conflict (workspace_id, ${stores[subject].holder}, key, position) do update set
       text = excluded.text, folded = excluded.folded, number = excluded.number, flag = excluded.flag,
       instant = excluded.instant, since = excluded.since
       ${stores[subject].merges ? ', merged_from = excluded.merged_from' : ''}`,
  );
}

/** Writes the values of holders that hold none yet: cheaper than {@link writeValues}, which must expect a conflict. */
export async function insertValues<Holder extends string | number>(
  tx: WorkspaceTransaction,
  subject: AttributeSubject,
  writes: readonly ValueWrite<Holder>[],
  onConflict = '',
): Promise<void> {
  const rows = columnsOf(writes);
  if (rows.holders.length === 0) return;
  const { table, holder, type, merges } = stores[subject];
  await tx.query(
    `insert into ${table} (workspace_id, ${holder}, key, position, text, folded, number, flag, instant, since
                           ${merges ? ', merged_from' : ''})
     select $1, * from unnest($2::${type}[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::float8[],
                              $8::boolean[], $9::timestamptz[], $10::timestamptz[] ${merges ? ', $11::int[]' : ''})
     ${onConflict}`,
    [
      tx.workspaceId,
      rows.holders,
      rows.keys,
      rows.positions,
      rows.texts,
      rows.folded,
      rows.numbers,
      rows.flags,
      rows.instants,
      rows.since,
      ...(merges ? [rows.mergedFrom] : []),
    ],
  );
}

async function removeItems<Holder extends string | number>(
  tx: WorkspaceTransaction,
  subject: AttributeSubject,
  writes: readonly ValueWrite<Holder>[],
): Promise<void> {
  if (writes.length === 0) return;
  const { table, holder, type } = stores[subject];
  await tx.query(
    `delete from ${table} as stored
     using unnest($1::${type}[], $2::text[], $3::int[]) as gone (holder, key, first_position)
     where stored.${holder} = gone.holder and stored.key = gone.key and stored.position >= gone.first_position`,
    [
      writes.map((write) => write.holder),
      writes.map((write) => write.key),
      writes.map((write) => write.value?.length ?? 0),
    ],
  );
}

/** Texts of numbers and instants: the driver then has nothing to convert. */
interface Columns<Holder> {
  holders: Holder[];
  keys: string[];
  positions: number[];
  texts: (string | null)[];
  folded: (string | null)[];
  numbers: (number | null)[];
  flags: (boolean | null)[];
  instants: (string | null)[];
  since: string[];
  mergedFrom: (number | null)[];
}

function columnsOf<Holder>(writes: readonly ValueWrite<Holder>[]): Columns<Holder> {
  const rows: Columns<Holder> = {
    holders: [],
    keys: [],
    positions: [],
    texts: [],
    folded: [],
    numbers: [],
    flags: [],
    instants: [],
    since: [],
    mergedFrom: [],
  };
  for (const { holder, key, value, since, mergedFrom } of writes) {
    const sinceText = since.toISOString();
    value?.forEach((item, position) => {
      rows.holders.push(holder);
      rows.keys.push(key);
      rows.positions.push(position);
      rows.texts.push(item.text);
      rows.folded.push(item.folded);
      rows.numbers.push(item.number);
      rows.flags.push(item.flag);
      rows.instants.push(item.instant === null ? null : new Date(item.instant).toISOString());
      rows.since.push(sinceText);
      rows.mergedFrom.push(mergedFrom);
    });
  }
  return rows;
}
