import { minuteOf } from '@coterie/rules';
import { loadDuckdb } from './duckdb.js';
import { rules } from './rules.js';
import type { Subject } from './subject.js';
import { timed, type Timing } from './timing.js';

const warmUps = 2;
const rounds = 10;

/** Measures DuckDB, warmed up, and tells what it counts. @param now what the counts are relative to. */
export async function measureDuckdb(
  ownerUrl: string,
  now: Date,
): Promise<{ duckdb: Timing; counts: number[] }> {
  const loaded = await loadDuckdb(ownerUrl);
  try {
    const statements = await Promise.all(rules.map((rule) => loaded.prepare(rule.duckdb(now))));
    const counts: number[] = [];
    const ask = async (_: unknown, place: number): Promise<void> => {
      counts[place] = await statements[place]!();
    };
    await timed('DuckDB', warmUps, ask);
    return { duckdb: await timed('DuckDB', rounds, ask), counts };
  } finally {
    loaded.close();
  }
}

/** Measures the SQL statement, once since it takes long; fails unless the engine counts the same. */
export async function measureStatement(subject: Subject): Promise<Timing> {
  const now = minuteOf(new Date());
  const [expected, counts]: [number[], number[]] = [[], []];
  for (const { rule } of rules) counts.push(await subject.count(rule, now));
  const statement = await timed('SQL statement', 1, async ({ rule }, place) => {
    expected[place] = await subject.countBySql(rule, now);
  });
  expectSame('The engine', counts, expected);
  return statement;
}

/** Fails where somebody does not count what is expected. */
export function expectSame(who: string, counts: readonly number[], expected: readonly number[]): void {
  const wrong = rules.flatMap(({ name }, place) =>
    counts[place] === expected[place] ? [] : [`${name}: ${counts[place]} instead of ${expected[place]}`],
  );
  if (wrong.length > 0) throw new Error(`${who} counts differently. ${wrong.join('; ')}`);
}
