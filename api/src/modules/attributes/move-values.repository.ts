import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeSubject } from './attribute-definition.js';
import { stores } from './value.repository.js';

/** Values that are to be stored under another key. */
export interface Move {
  subject: AttributeSubject;
  from: string;
  to: string;
}

/** Which of two different values stays where there are both. */
export type MergePreference = 'newest' | 'from' | 'into';

/** Stores values under another key that nothing is stored under. When they came to be stays. */
export async function rekeyValues(tx: WorkspaceTransaction, { subject, from, to }: Move): Promise<void> {
  await tx.query(`update ${stores[subject].table} set key = $2 where key = $1`, [from, to]);
}

/** What a merge of two attributes comes to, in contacts or companies. */
export interface MergeCounts {
  /** Those with a value in the first attribute alone: it moves. */
  moved: number;
  /** Those with the same value in both. */
  equal: number;
  /** Those with different values. */
  conflicts: number;
  /** Of the conflicts, those in which the value of the first attribute takes the place of the other one's. */
  overwritten: number;
}

/**
 * Values as texts, of whatever type, spelled as in convert-value.ts but for numbers from 1e15 on, which PostgreSQL writes
 * with an exponent.
 */
const asText = `coalesce(text, flag::text, number::text,
  to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;

/**
 * Everybody who holds a value in the first attribute, with how it stands to that in the other one. Both are read in one
 * pass: a join of the two would be planned by statistics that a freshly filled table does not have.
 */
function pairs(subject: AttributeSubject): string {
  const { table, holder } = stores[subject];
  const valueOf = (key: string): string =>
    `array_agg(${asText} order by position) filter (where key = ${key})`;
  const sinceOf = (key: string): string => `max(since) filter (where key = ${key})`;
  return `select holder, into_value is not null as paired, into_value = from_value as equal,
      $3 = 'from' or $3 = 'newest' and from_since > into_since as wins
    from (
      select ${holder} as holder, ${valueOf('$1')} as from_value, ${valueOf('$2')} as into_value,
        ${sinceOf('$1')} as from_since, ${sinceOf('$2')} as into_since
      from ${table} where key in ($1, $2) group by ${holder} having bool_or(key = $1)
    ) as held`;
}

const counts = `count(*) filter (where not paired)::int as moved, count(*) filter (where equal)::int as equal,
  count(*) filter (where not equal)::int as conflicts,
  count(*) filter (where not equal and wins)::int as overwritten`;

/** Counts what merging would do. */
export async function countMerge(
  tx: WorkspaceTransaction,
  { subject, from, to }: Move,
  prefer: MergePreference,
): Promise<MergeCounts> {
  const rows = await tx.query<MergeCounts>(`select ${counts} from (${pairs(subject)}) as pair`, [
    from,
    to,
    prefer,
  ]);
  return rows[0]!;
}

/**
 * Makes the values of one attribute those of another. Where there are both, one of them goes, as the preference says; when
 * a value came to be stays.
 * @param asTexts whether the other attribute takes texts and the first one does not.
 * @returns what it came to, and the ordinals of the contacts for whom the other attribute changed.
 */
export async function mergeValues(
  tx: WorkspaceTransaction,
  { subject, from, to }: Move,
  { prefer, asTexts }: { prefer: MergePreference; asTexts: boolean },
): Promise<{ counts: MergeCounts; changed: number[] }> {
  const { table, holder, type } = stores[subject];
  const [found] = await tx.query<MergeCounts & { winners: (number | string)[] }>(
    `select ${counts}, coalesce(array_agg(holder) filter (where not equal and wins), '{}') as winners
     from (${pairs(subject)}) as pair`,
    [from, to, prefer],
  );
  const { winners, ...result } = found!;
  await tx.query(`delete from ${table} where key = $1 and ${holder} = any($2::${type}[])`, [to, winners]);
  await tx.query(
    `delete from ${table} as own where key = $1
       and exists (select from ${table} as other where other.key = $2 and other.${holder} = own.${holder})`,
    [from, to],
  );
  const converted = `, text = ${asText}, folded = lower(${asText}), number = null, flag = null, instant = null`;
  const moved = `update ${table} set key = $2 ${asTexts ? converted : ''} where key = $1 returning ${holder} as holder`;
  const [row] = await tx.query<{ ordinals: number[] | null }>(
    subject === 'contact'
      ? `with moved as (${moved}) select array_agg(distinct holder) as ordinals from moved`
      : `with moved as (${moved}) select array_agg(ordinal) as ordinals from contacts
         where company_id in (select holder from moved)`,
    [from, to],
  );
  return { counts: result, changed: row!.ordinals ?? [] };
}
