import { parse } from '@coterie/rules';
import { Client } from 'pg';
import { eventStatements } from './events.sql.js';
import { ids, segmentRule, type Extent } from './made-up.js';
import { companyStatements, contactStatements } from './people.sql.js';

/** To be raised with each change of what is made up: databases that were kept are of one version. */
export const generation = 1;

const tables = [
  'companies',
  'company_attributes',
  'company_signals',
  'contacts',
  'contact_attributes',
  'contact_identities',
  'contact_signals',
  'consents',
  'events',
  'list_members',
  'lookalike_ranks',
];

/** Connections that write at a time: the events take about as long as all the rest. */
const lanes = 2;

/**
 * Makes up a workspace with so many contacts and ten times as many events, the same ones each time but for the moment
 * that their past ends at. Written by the owner past all checks, without indexes but those of the keys, which are made
 * after it; the workspace's version comes last, so that what was interrupted is seen ({@link isFilled}).
 */
export async function fill(ownerUrl: string, contacts: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: lanes }, () => connect(ownerUrl)));
  const [one, other] = clients as [Client, Client];
  try {
    const extent: Extent = { contacts, now: new Date().toISOString() };
    await runAll(one, [...workspaceStatements()]);
    const indexes = await dropIndexes(one);
    await Promise.all([
      runAll(one, [...companyStatements(extent), ...contactStatements(extent)]),
      runAll(other, eventStatements(extent)),
    ]);
    await Promise.all(clients.map((client) => runAll(client, indexes)));
    await runAll(one, ['vacuum analyze', ...versionStatements(contacts)]);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Whether a database has been filled to the end. */
export async function isFilled(owner: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await owner.query('select 1 from workspace_versions where workspace_id = $1', [
    ids.workspace,
  ]);
  return rows.length > 0;
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(
    `set synchronous_commit = off; set session_replication_role = replica; set maintenance_work_mem = '1GB'`,
  );
  return client;
}

/** Runs statements until there are none left; several may take from one list. */
async function runAll(client: Client, statements: string[]): Promise<void> {
  for (let text = statements.shift(); text !== undefined; text = statements.shift()) await client.query(text);
}

/** Drops the indexes that no key needs, and gives back the statements that make them again. */
async function dropIndexes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i
     where i.indrelid = any($1::regclass[]) and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
     order by i.indrelid = 'events'::regclass desc, i.indrelid = 'contact_attributes'::regclass desc`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  // Of a partitioned table it is printed as an index of that table alone.
  return rows.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
}

function workspaceStatements(): string[] {
  const parsed = parse(segmentRule);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const segment = (id: string, kind: string, name: string, rule: string): string =>
    `('${ids.workspace}', '${id}', '${kind}', '${name}', lower('${name}'), ${rule}, 'system')`;
  return [
    `insert into organizations (id, name) values ('${ids.organization}', 'Bench')`,
    `insert into workspaces (id, organization_id, name, time_zone)
     values ('${ids.workspace}', '${ids.organization}', 'Bench', 'UTC')`,
    `insert into attribute_definitions (workspace_id, subject, key, label, type)
     values ('${ids.workspace}', 'contact', 'newsletter', 'Newsletter', 'boolean')`,
    `insert into segments (workspace_id, id, kind, name, folded_name, rule, created_by) values
       ${segment(ids.list, 'static', 'Guests', 'null')},
       ${segment(ids.segment, 'rule', 'Warm leads', `'${JSON.stringify(parsed.rule)}'`)}`,
    `insert into seed_lists (workspace_id, id, name, created_by) values ('${ids.workspace}', '${ids.seedList}', 'Best customers', 'system')`,
    `insert into lookalikes (workspace_id, id, name, seed_list_id)
     values ('${ids.workspace}', '${ids.lookalike}', 'Like the best', '${ids.seedList}')`,
  ];
}

function versionStatements(contacts: number): string[] {
  return [
    `insert into contact_ordinals (workspace_id, next_ordinal) values ('${ids.workspace}', ${contacts})`,
    `insert into changes (workspace_id, version, ordinal, facet) values ('${ids.workspace}', 1, -1, '*')`,
    `insert into workspace_versions (workspace_id, version) values ('${ids.workspace}', 1)`,
  ];
}
