import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import { variable, type TestDatabase } from '../support/database.js';

/** Where something that should be gone is still held, and which it is. */
export interface Trace {
  needle: string;
  place: string;
}

/** The forms in which a text can stand in a dump: as it is, in hex and in base64, and hashed as platforms are told it. */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const inBase64 = [0, 1, 2].map((shift) =>
    // What stands before and after it changes the characters at its edges only.
    Buffer.concat([Buffer.alloc(shift, 'x'), bytes, Buffer.alloc(2, 'x')])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -8),
  );
  const hash = createHash('sha256').update(bytes).digest();
  return [
    text,
    bytes.toString('hex'),
    ...inBase64,
    hash.toString('hex'),
    hash.toString('base64').slice(0, 40),
  ];
}

/** Every row of every table of the database, the queue's included. */
async function dumpDatabase(
  { owner }: TestDatabase,
  look: (place: string, text: string) => void,
): Promise<void> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: string }>(`select t::text as row from ${name} as t`);
    for (const { row } of rows) look(`table ${name}`, row);
  }
}

/** Every key and value of the whole Redis: names of keys are no secret of ours, and canaries are nobody else's. */
async function dumpRedis(look: (place: string, text: string) => void): Promise<void> {
  const client = createClient({ url: variable('REDIS_URL') });
  await client.connect();
  try {
    for await (const keys of client.scanIterator({ COUNT: 1_000 }))
      for (const key of keys) {
        const dump = await client.withTypeMapping({ 36: Buffer }).dump(key);
        // Latin 1 keeps every byte, whatever the value is.
        look(`Redis ${key}`, `${key} ${dump ? Buffer.from(dump as never).toString('latin1') : ''}`);
      }
  } finally {
    await client.close();
  }
}

async function dumpFiles(folder: string, look: (place: string, text: string) => void): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) look(`file ${path}`, `${path} ${(await readFile(path)).toString('latin1')}`);
  }
}

/** Looks for needles, without regard to case, in everything that is held: the database, Redis, and files. */
export async function tracesOf(
  needles: readonly string[],
  { database, folders }: { database: TestDatabase; folders: readonly string[] },
): Promise<Trace[]> {
  const wanted = [...new Set(needles.map((needle) => needle.toLowerCase()))];
  const any = new RegExp(wanted.map((needle) => needle.replaceAll(/[^a-z0-9]/g, '\\$&')).join('|'));
  const found = new Map<string, Trace>();
  const look = (place: string, text: string): void => {
    const [needle] = any.exec(text.toLowerCase()) ?? [];
    if (needle !== undefined) found.set(`${place} ${needle}`, { needle, place });
  };
  await dumpDatabase(database, look);
  await dumpRedis(look);
  for (const folder of folders) await dumpFiles(folder, look);
  return [...found.values()];
}
