import { minuteOf } from '@coterie/rules';
import { loadDuckdb } from './duckdb.js';
import { rules } from './rules.js';
import type { Subject } from './subject.js';
import { timed, type Timing } from './timing.js';

/** What the engine is compared with, and what both of them count. */
export interface References {
  duckdb: Timing;
  statement: Timing;
  counts: number[];
  /** What the counts are relative to. */
  now: Date;
}

const warmUps = 2;
const rounds = 10;

/** Measures DuckDB, warmed up, and the SQL statement, once since it takes long; fails unless both count the same. */
export async function measureReferences(ownerUrl: string, subject: Subject): Promise<References> {
  const now = minuteOf(new Date());
  const loaded = await loadDuckdb(ownerUrl);
  try {
    const statements = await Promise.all(rules.map((rule) => loaded.prepare(rule.duckdb(now))));
    const byDuckdb: number[] = [];
    const askDuckdb = async (_: unknown, place: number): Promise<void> => {
      byDuckdb[place] = await statements[place]!();
    };
    await timed('DuckDB', warmUps, askDuckdb);
    const duckdb = await timed('DuckDB', rounds, askDuckdb);
    const counts: number[] = [];
    const statement = await timed('SQL statement', 1, async ({ rule }, place) => {
      counts[place] = await subject.countBySql(rule, now);
    });
    expectSame('DuckDB', byDuckdb, counts);
    return { duckdb, statement, counts, now };
  } finally {
    loaded.close();
  }
}

/** Fails where somebody does not count what is expected. */
export function expectSame(who: string, counts: readonly number[], expected: readonly number[]): void {
  const wrong = rules.flatMap(({ name }, place) =>
    counts[place] === expected[place] ? [] : [`${name}: ${counts[place]} instead of ${expected[place]}`],
  );
  if (wrong.length > 0) throw new Error(`${who} counts differently. ${wrong.join('; ')}`);
}
