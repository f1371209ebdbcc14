import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** Something that lists are made of, by its facet of the change feed. */
export interface Listed {
  facet: string;
  kind: 'attribute' | 'company' | 'event' | 'consent' | 'identity' | 'everybody';
  /** The key, the name or the channel. */
  name: string;
}

const valueColumns = ['folded', 'number', 'flag', 'instant'] as const;

/** All of a workspace of which there is so much that lists of it are worth their room. */
export async function facetsToList(
  tx: WorkspaceTransaction,
  { leastEvents }: { leastEvents: number },
): Promise<Listed[]> {
  const keysOf = async (table: string): Promise<string[]> => {
    const keys = new Set<string>();
    for (const column of valueColumns)
      for (const key of await distinct(tx, table, 'key', `${column} is not null`)) keys.add(key);
    return [...keys];
  };
  const listed: Listed[] = [
    { facet: '*', kind: 'everybody', name: '' },
    ...(await keysOf('contact_attributes')).map((key): Listed => ({
      facet: `attribute:${key}`,
      kind: 'attribute',
      name: key,
    })),
    ...(await keysOf('company_attributes')).map((key): Listed => ({
      facet: `company.${key}`,
      kind: 'company',
      name: key,
    })),
  ];
  for (const channel of await distinct(tx, 'consents', 'channel'))
    listed.push({ facet: `consent:${channel}`, kind: 'consent', name: channel });
  for (const kind of await distinct(tx, 'contact_identities', 'kind'))
    listed.push({ facet: `identity:${kind}`, kind: 'identity', name: kind });
  for (const name of await distinct(tx, 'events', 'folded_name')) {
    if (await hasManyEvents(tx, name, leastEvents))
      listed.push({ facet: `event:${name}`, kind: 'event', name });
  }
  return listed;
}

/** The different values of a column that an index has after the workspace: from each the index is asked for the next. */
async function distinct(
  tx: WorkspaceTransaction,
  table: string,
  column: string,
  condition = 'true',
): Promise<string[]> {
  const rows = await tx.query<{ value: string }>(
    `with recursive found as (
       (select ${column} as value from ${table} where ${condition} order by ${column} limit 1)
       union all
       select (select t.${column} from ${table} t where ${condition} and t.${column} > f.value order by t.${column} limit 1)
       from found f where f.value is not null
     )
     select value from found where value is not null`,
  );
  return rows.map(({ value }) => value);
}

async function hasManyEvents(tx: WorkspaceTransaction, name: string, least: number): Promise<boolean> {
  const [row] = await tx.query<{ many: boolean }>(
    `select count(*) >= $2 as many from (select from events where folded_name = $1 limit $2) as e`,
    [name, least],
  );
  return row?.many === true;
}
