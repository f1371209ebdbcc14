import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** A DuckDB with the rows of the workspace in memory. */
export interface Duckdb {
  /** Prepares a statement with one row of a count, and gives what runs it. */
  prepare(text: string): Promise<() => Promise<number>>;
  close(): void;
}

/** What is read of PostgreSQL: for each table here its columns with their types, and the statement. */
const sources: Record<string, { columns: Record<string, string>; query: string }> = {
  people: {
    columns: { ordinal: 'integer', id: 'varchar', company_id: 'varchar' },
    query: 'select ordinal, id, company_id from contacts',
  },
  contact_values: {
    columns: {
      ordinal: 'integer',
      key: 'varchar',
      text: 'varchar',
      number: 'double',
      flag: 'boolean',
      instant: 'timestamp',
    },
    query: `select ordinal, key, folded, number, flag, instant at time zone 'UTC' from contact_attributes`,
  },
  company_values: {
    columns: { company_id: 'varchar', key: 'varchar', text: 'varchar', number: 'double' },
    query: 'select company_id, key, folded, number from company_attributes',
  },
  identities: {
    columns: { ordinal: 'integer', kind: 'varchar' },
    query: 'select ordinal, kind from contact_identities',
  },
  consents: {
    columns: { ordinal: 'integer', channel: 'varchar', state: 'varchar' },
    query: 'select ordinal, channel, state from consents',
  },
  listed: { columns: { ordinal: 'integer' }, query: 'select ordinal from list_members' },
  ranked: {
    columns: { ordinal: 'integer', rank: 'integer' },
    query: 'select ordinal, rank from lookalike_ranks',
  },
  said: {
    columns: {
      ordinal: 'integer',
      company_id: 'varchar',
      name: 'varchar',
      source: 'varchar',
      number: 'double',
      occurred_at: 'timestamp',
    },
    query: `select ordinal, null::uuid, folded_name, folded_source, number, observed_at at time zone 'UTC' from contact_signals
      union all
      select null, company_id, folded_name, folded_source, number, observed_at at time zone 'UTC' from company_signals`,
  },
  happened: {
    columns: {
      ordinal: 'integer',
      name: 'varchar',
      target: 'varchar',
      plan: 'varchar',
      amount: 'decimal(12, 2)',
      occurred_at: 'timestamp',
    },
    query: `select ordinal, folded_name, folded_target, lower(properties ->> 'plan'), properties ->> 'amount',
        occurred_at at time zone 'UTC' from events`,
  },
};

/**
 * The shape that suits DuckDB best: a row a contact and a company with everything that there is one of, texts that
 * repeat as numbers, and the events in the order in which they are asked for, so that most of them are passed over.
 */
const tables = [
  enumOf('stage', `select text from contact_values where key = 'lifecycle_stage'`),
  enumOf('country', `select text from contact_values where key = 'country'`),
  enumOf('plan', `select text from contact_values where key = 'plan' union select plan from happened`),
  enumOf('event_name', 'select name from happened'),
  enumOf('event_target', 'select target from happened'),
  `create table companies as
   select row_number() over () :: integer as company, company_id,
     any_value(text) filter (where key = 'industry') as industry,
     any_value(number) filter (where key = 'employee_count') as employee_count
   from company_values group by company_id`,
  `create table contacts as
   with known as (
     select ordinal,
       any_value(text) filter (where key = 'job_title') as job_title,
       any_value(text) filter (where key = 'lifecycle_stage')::stage as lifecycle_stage,
       any_value(text) filter (where key = 'country')::country as country,
       any_value(text) filter (where key = 'plan')::plan as plan,
       any_value(number) filter (where key = 'lead_score') as lead_score,
       any_value(number) filter (where key = 'total_spent') as total_spent,
       any_value(instant) filter (where key = 'last_seen_at') as last_seen_at,
       any_value(flag) filter (where key = 'newsletter') as newsletter
     from contact_values group by ordinal
   ), consented as (
     select ordinal, any_value(state) filter (where channel = 'ads') as ads,
       any_value(state) filter (where channel = 'email') as email
     from consents group by ordinal
   ), identified as (
     select ordinal, bool_or(kind = 'email') as has_email, bool_or(kind = 'phone') as has_phone
     from identities group by ordinal
   )
   select people.ordinal, people.id, company, known.* exclude (ordinal), ads, email, has_email, has_phone
   from people
   left join companies using (company_id)
   left join known using (ordinal)
   left join consented using (ordinal)
   left join identified using (ordinal)
   order by ordinal`,
  `create table tags as select ordinal, text as tag from contact_values where key = 'tags' order by ordinal`,
  `create table signals as
   select ordinal, company, name, source, number, occurred_at from said left join companies using (company_id)
   order by name, occurred_at`,
  `create table events as
   select ordinal, name::event_name as name, target::event_target as target, plan::plan as plan, amount, occurred_at
   from happened order by name, target, occurred_at`,
  ...['people', 'contact_values', 'company_values', 'identities', 'consents', 'said', 'happened'].map(
    (name) => `drop table ${name}`,
  ),
  'analyze',
];

function enumOf(name: string, texts: string): string {
  return `create type ${name} as enum (select distinct * from (${texts}) as t (text) where text is not null order by 1)`;
}

/** Reads all rows of a database's only workspace. */
export async function loadDuckdb(ownerUrl: string): Promise<Duckdb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await load(connection, ownerUrl);
  return {
    async prepare(text) {
      const statement = await connection.prepare(text);
      return async () => Number((await statement.runAndReadAll()).getRows()[0]![0]);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** By way of files: to read those takes DuckDB no extension, and both processors. */
async function load(connection: DuckDBConnection, ownerUrl: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coterie-bench-'));
  const owner = new Client({ connectionString: ownerUrl });
  try {
    await owner.connect();
    for (const [name, { columns, query }] of Object.entries(sources)) {
      const file = join(folder, `${name}.csv`);
      await pipeline(owner.query(copyTo(`copy (${query}) to stdout (format csv)`)), createWriteStream(file));
      const typed = Object.entries(columns).map(([column, type]) => `'${column}': '${type}'`);
      await connection.run(
        `create table ${name} as from read_csv('${file}', header = false, columns = {${typed.join(', ')}})`,
      );
      await rm(file);
    }
    for (const table of tables) await connection.run(table);
  } finally {
    await owner.end();
    await rm(folder, { recursive: true });
  }
}
