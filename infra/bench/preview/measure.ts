import { minuteOf } from '@coterie/rules';
import { variable } from '../../../test/support/database.js';
import type { Figure } from '../support/report.js';
import { openFilledDatabase } from './filled-database.js';
import { ids } from './made-up.js';
import { measureDuckdb, measureStatement } from './references.js';
import { startServer } from './server.js';
import { openSharedKeys } from './shared-keys.js';
import { openSubject } from './subject.js';
import { figuresOf, sumOf, type Timing } from './timing.js';
import { checkCounts, measureAfterWrites, measureCold, measureWarm, type Bench } from './ways.js';

/** The size that the targets are of. */
const judgedContacts = 1_000_000;

/** What was found out at one size. */
export interface Measured {
  contacts: number;
  ways: { warm: Timing; afterWrites: Timing };
  figures: Figure[];
}

/** Measures all ways at one size, and checks that all of them find the same. */
export async function measure(
  contacts: number,
  { keep, statement }: { keep: boolean; statement: boolean },
): Promise<Measured> {
  const database = await openFilledDatabase(contacts, keep);
  const redisUrl = variable('REDIS_URL');
  const shared = await openSharedKeys(redisUrl, ids.workspace);
  await shared.forget();
  const server = await startServer(database, ids.workspace);
  const subject = await openSubject(database.appUrl, redisUrl, ids.workspace);
  try {
    return await measureAll({ contacts, database, subject, server, shared, withStatement: statement });
  } finally {
    await subject.close();
    await server.close();
    await shared.forget();
    shared.close();
    await database.release();
  }
}

async function measureAll(bench: Bench & { withStatement: boolean }): Promise<Measured> {
  const { contacts, database, subject, shared } = bench;
  const now = minuteOf(new Date());
  const begin = performance.now();
  await subject.refreshLists();
  process.stderr.write(`posting lists made in ${Math.round(performance.now() - begin)} ms\n`);
  const { duckdb, counts } = await measureDuckdb(database.url, now);
  tell(duckdb);
  await checkCounts(bench, counts, now);
  const warm = await measureWarm(bench);
  tell(warm.inProcess, warm.counted, warm.overHttp);
  const afterWrites = await measureAfterWrites(bench);
  tell(afterWrites.inProcess, afterWrites.overHttp);
  const cold = await measureCold(bench);
  tell(cold.inProcess, cold.overHttp);
  // Last, since it takes longest: it is compared with the engine, which has been compared with DuckDB.
  const statement = bench.withStatement ? await measureStatement(subject) : undefined;
  const { sets, bytes } = subject.kept();
  const none = { ratio: null, target: null };
  /** Against a reference, as one of the targets says. */
  const against = (timing: Timing, reference: Timing, most?: number): Pick<Figure, 'ratio' | 'target'> => ({
    ratio: sumOf(timing, 50) / sumOf(reference, 50),
    target: most !== undefined && contacts >= judgedContacts ? most : null,
  });
  const figures: Figure[] = [
    ...figuresOf(duckdb, none),
    ...(statement ? figuresOf(statement, none) : []),
    ...figuresOf(warm.inProcess, against(warm.inProcess, duckdb, 1 / 20)),
    ...figuresOf(warm.counted, against(warm.counted, duckdb)),
    ...figuresOf(warm.overHttp, against(warm.overHttp, duckdb, 1 / 5)),
    ...figuresOf(afterWrites.inProcess, against(afterWrites.inProcess, duckdb, 1 / 3)),
    ...figuresOf(afterWrites.overHttp, against(afterWrites.overHttp, duckdb)),
    ...figuresOf(cold.inProcess, against(cold.inProcess, duckdb, 2)),
    ...(statement ? [againstStatement(cold.inProcess, against(cold.inProcess, statement, 1 / 5))] : []),
    ...figuresOf(cold.overHttp, against(cold.overHttp, duckdb)),
    { case: 'memory', metric: 'sets kept in process', value: sets, unit: 'sets', ...none },
    { case: 'memory', metric: 'of each in process', value: bytes / sets, unit: 'bytes', ...none },
    { case: 'memory', metric: 'in Redis', value: await shared.bytes(), unit: 'bytes', ...none },
  ];
  const scale = `${contacts.toLocaleString('en-US')} contacts`;
  return {
    contacts,
    ways: { warm: warm.inProcess, afterWrites: afterWrites.inProcess },
    figures: figures.map((figure) => ({ ...figure, case: `${scale}: ${figure.case}` })),
  };
}

function againstStatement({ way, times }: Timing, compared: Pick<Figure, 'ratio' | 'target'>): Figure {
  const value = sumOf({ way, times }, 50);
  return { case: way, metric: 'against the SQL statement', value, unit: 'ms', ...compared, better: 'less' };
}

/** Says on the way what has been found out: all of it takes long. */
function tell(...timings: readonly Timing[]): void {
  for (const timing of timings)
    process.stderr.write(`${timing.way}: ${Math.round(sumOf(timing, 50))} ms for all rules\n`);
}
