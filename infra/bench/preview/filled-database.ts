import { migrate } from '../../../api/src/platform/database/data-source.js';
import {
  createTestDatabase,
  openTestDatabase,
  variable,
  type TestDatabase,
} from '../../../test/support/database.js';
import { fill, generation, isFilled } from './generate.js';

/** A database with a made-up workspace in it. */
export interface FilledDatabase extends TestDatabase {
  /** Drops it, or leaves it to the next run. */
  release(): Promise<void>;
}

/** @param keep leaves the database behind under a name of its own, and takes one that was left behind. */
export async function openFilledDatabase(contacts: number, keep: boolean): Promise<FilledDatabase> {
  if (!keep) {
    const database = await createTestDatabase();
    await fill(database.url, contacts);
    return { ...database, release: database.drop };
  }
  const database = await openKept(contacts);
  return { ...database, release: () => database.owner.end() };
}

async function openKept(contacts: number): Promise<TestDatabase> {
  const name = `coterie_bench_preview_${contacts}_${generation}`;
  if (await exists(name)) {
    const kept = openTestDatabase(name);
    await migrate(kept.url);
    if (await isFilled(kept.owner)) return kept;
    await kept.drop();
  }
  const database = await createTestDatabase(name);
  await fill(database.url, contacts);
  return database;
}

async function exists(name: string): Promise<boolean> {
  const template = openTestDatabase(variable('TEMPLATE_DATABASE'));
  try {
    const { rows } = await template.owner.query('select 1 from pg_database where datname = $1', [name]);
    return rows.length > 0;
  } finally {
    await template.owner.end();
  }
}
