import { fold, type AttributeType } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeSubject } from './attribute-definition.js';
import { stores } from './value.repository.js';

/** A value that is held, and by how many. */
export interface KnownValue {
  value: string | number | boolean;
  count: number;
}

/** Types whose values repeat, with the column that tells equal ones. Of dates nearly every one is different. */
const comparedBy: Partial<Record<AttributeType, string>> = {
  text: 'folded',
  text_list: 'folded',
  number: 'number',
  boolean: 'flag',
};

/** Whether values of this type can be listed. */
export function hasKnownValues(type: AttributeType): boolean {
  return type in comparedBy;
}

/** What to list, and where the page begins: after the value with this count and this text. */
export interface KnownValuesQuery {
  subject: AttributeSubject;
  key: string;
  type: AttributeType;
  /** Part of a text in any case; texts alone are searched. */
  search: string;
  after: { count: number; sort: string } | undefined;
  limit: number;
}

/** A row of the list, with its place in the order. */
export interface KnownValueRow extends KnownValue {
  sort: string;
}

/**
 * The values that contacts or companies hold, the most common first. Texts that differ in case alone are one value, shown
 * as it is written in the first of them. An item that stands in a list counts once for each holder.
 */
export async function listKnownValues(
  tx: WorkspaceTransaction,
  { subject, key, type, search, after, limit }: KnownValuesQuery,
): Promise<KnownValueRow[]> {
  const column = comparedBy[type];
  if (!column) throw new Error(`Values of type ${type} are not listed.`);
  const shown = column === 'folded' ? 'text' : column;
  const rows = await tx.query<{ value: KnownValue['value']; count: string; sort: string }>(
    `select value, count, sort from (
       select ${column === 'flag' ? 'bool_and(flag)' : `min(${shown})`} as value, count(*) as count,
         ${column}::text as sort
       from ${stores[subject].table}
       where key = $1 and ${column} is not null ${column === 'folded' ? 'and strpos(folded, $2) > 0' : "and $2 = ''"}
       group by ${column}
     ) as held
     where $3::bigint is null or count < $3 or (count = $3 and sort > $4)
     order by count desc, sort limit $5`,
    [key, fold(search), after?.count ?? null, after?.sort ?? '', limit],
  );
  return rows.map(({ value, count, sort }) => ({ value, count: Number(count), sort }));
}
