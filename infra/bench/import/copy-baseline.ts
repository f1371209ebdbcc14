import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from, to } from 'pg-copy-streams';

/** How long COPY takes for rows that Coterie stored, in milliseconds. */
export interface Baseline {
  /** Into tables of the same shape, with the same indexes and constraints. */
  same: number;
  /** Into tables without indexes and constraints, for orientation. */
  bare: number;
  /** How many rows there are in all tables together. */
  rows: number;
}

/**
 * Measures what the server itself can do: takes the rows of a workspace out and copies them back into tables made after
 * the originals, each in one transaction.
 * @param owner a connection of the tables' owner, which row-level security does not keep from COPY.
 * @param tables in the order of their foreign keys.
 */
export async function measureCopy(
  owner: Client,
  workspaceId: string,
  tables: readonly string[],
): Promise<Baseline> {
  const folder = await mkdtemp(join(tmpdir(), 'coterie-bench-'));
  try {
    let rows = 0;
    for (const table of tables) rows += await takeOut(owner, workspaceId, table, join(folder, table));
    const same = await timeInto(owner, 'copy_same', tables, folder, makeSame);
    const bare = await timeInto(owner, 'copy_bare', tables, folder, makeBare);
    return { same, bare, rows };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function takeOut(owner: Client, workspaceId: string, table: string, file: string): Promise<number> {
  // The id is one of ours, and COPY takes no parameters.
  const out = owner.query(
    to(`copy (select * from public.${table} where workspace_id = '${workspaceId}') to stdout`),
  );
  await pipeline(out, createWriteStream(file));
  return out.rowCount ?? 0;
}

type MakeTables = (owner: Client, schema: string, tables: readonly string[]) => Promise<void>;

async function timeInto(
  owner: Client,
  schema: string,
  tables: readonly string[],
  folder: string,
  make: MakeTables,
): Promise<number> {
  await owner.query(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  await make(owner, schema, tables);
  const begin = performance.now();
  await owner.query('begin');
  for (const table of tables) {
    await pipeline(
      createReadStream(join(folder, table)),
      owner.query(from(`copy ${schema}.${table} from stdin`)),
    );
  }
  await owner.query('commit');
  const took = performance.now() - begin;
  await owner.query(`drop schema ${schema} cascade`);
  return took;
}

async function makeBare(owner: Client, schema: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) await owner.query(`create table ${schema}.${table} (like public.${table})`);
}

async function makeSame(owner: Client, schema: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await owner.query(`select pg_get_partkeydef('public.${table}'::regclass) as key`);
    const partitioned = rows[0].key ? `partition by ${rows[0].key}` : '';
    await owner.query(`create table ${schema}.${table} (like public.${table} including all) ${partitioned}`);
    await makePartitions(owner, schema, table);
  }
  for (const table of tables) await addForeignKeys(owner, schema, table);
}

async function makePartitions(owner: Client, schema: string, table: string): Promise<void> {
  const { rows } = await owner.query(
    `select part.relname as name, pg_get_expr(part.relpartbound, part.oid) as bounds
     from pg_inherits join pg_class as part on part.oid = inhrelid
     where inhparent = 'public.${table}'::regclass`,
  );
  for (const { name, bounds } of rows) {
    await owner.query(`create table ${schema}.${name} partition of ${schema}.${table} ${bounds}`);
  }
}

/** With the copies first on the path, the same words mean the copies. */
async function addForeignKeys(owner: Client, schema: string, table: string): Promise<void> {
  const { rows } = await owner.query(
    `select pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = 'public.${table}'::regclass and contype = 'f' and conparentid = 0`,
  );
  await owner.query(`set search_path = ${schema}, public`);
  for (const { definition } of rows) await owner.query(`alter table ${table} add ${definition}`);
  await owner.query('reset search_path');
}
