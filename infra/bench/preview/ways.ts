import type { TestDatabase } from '../../../test/support/database.js';
import { ids } from './made-up.js';
import { expectSame } from './references.js';
import { rules, type BenchRule } from './rules.js';
import type { BenchServer } from './server.js';
import type { SharedKeys } from './shared-keys.js';
import type { Subject } from './subject.js';
import { timed, type Timing } from './timing.js';
import { writeThousand } from './writes.js';

/** A filled workspace, and whoever counts in it. */
export interface Bench {
  contacts: number;
  database: TestDatabase;
  subject: Subject;
  server: BenchServer;
  shared: SharedKeys;
}

/** One thing measured in this process, and over HTTP in another. */
interface Ways {
  inProcess: Timing;
  overHttp: Timing;
}

const rounds = { warm: 50, afterWrites: 5, cold: 3 };

/** Fails unless the counts in this process and over HTTP are those that are expected. */
export async function checkCounts(
  { subject, server }: Bench,
  expected: readonly number[],
  now: Date,
): Promise<void> {
  const [inProcess, overHttp, asOfHttp]: number[][] = [[], [], []];
  for (const { rule } of rules) {
    inProcess!.push(await subject.count(rule, now));
    const { value, asOf } = await server.count(rule);
    overHttp!.push(value);
    asOfHttp!.push(await subject.count(rule, asOf));
  }
  expectSame('The engine', inProcess!, expected);
  expectSame('The server', overHttp!, asOfHttp!);
}

/** With nothing at hand but what PostgreSQL has in its memory, and the posting lists as the worker left them. */
export async function measureCold({ database, subject, server, shared }: Bench): Promise<Ways> {
  await subject.refreshLists();
  const inProcess = await timed(
    'cold, in process',
    rounds.cold,
    ({ rule }) => subject.count(rule, new Date()),
    {
      async rule() {
        subject.forget();
        await shared.forget();
      },
    },
  );
  await subject.refreshLists('all');
  const overHttp = await timed('cold, over HTTP', rounds.cold, ({ rule }) => server.count(rule), {
    async rule() {
      await breakFeed(database);
      await shared.forget();
    },
  });
  return { inProcess, overHttp };
}

/**
 * Raises the workspace's version without saying what has changed, as if the change feed had been cut: whatever a process
 * keeps is then of no use any more. The posting lists are what they would be if they had been made after it, since nothing
 * else has changed.
 */
async function breakFeed(database: TestDatabase): Promise<void> {
  const text = `with clock as (
      update workspace_versions set version = version + 1 where workspace_id = $1 returning workspace_id, version
    )
    update posting_bases b set version = clock.version from clock where b.workspace_id = clock.workspace_id`;
  await database.owner.query(text, [ids.workspace]);
}

/**
 * With nothing written in between: by algebra on the sets at hand, and, in a process that has none at hand, by the
 * counts that processes share.
 */
export async function measureWarm({ subject, server, shared }: Bench): Promise<Ways & { counted: Timing }> {
  const now = new Date();
  const ask = ({ rule }: BenchRule): Promise<number> => subject.count(rule, now);
  subject.forget();
  await timed('to warm up', 2, ask);
  const inProcess = await timed('warm, in process', rounds.warm, ask);
  subject.forget();
  const counted = await timed('counted before, in process', rounds.warm, ask);
  await shared.forgetCounts();
  await timed('to warm up', 2, ({ rule }) => server.count(rule));
  const overHttp = await timed('warm, over HTTP', rounds.warm, ({ rule }) => server.count(rule));
  return { inProcess, counted, overHttp };
}

/** Each round writes first, and then asks each rule once. Fails unless what was brought forward is what is there. */
export async function measureAfterWrites(bench: Bench): Promise<Ways> {
  const { subject, server, shared } = bench;
  const ask = ({ rule }: BenchRule): Promise<number> => subject.count(rule, new Date());
  await timed('to warm up', 1, ask);
  const inProcess: Timing[] = [];
  const overHttp: Timing[] = [];
  const write = { round: () => writeThousand(server, bench.contacts) };
  // In turn, so that each has the same writes before it; but what one has counted must not be at hand to the other.
  for (let round = 0; round < rounds.afterWrites; round += 1) {
    inProcess.push(await timed('after 1,000 writes, in process', 1, ask, write));
    await shared.forgetCounts();
    overHttp.push(await timed('after 1,000 writes, over HTTP', 1, ({ rule }) => server.count(rule)));
  }
  await checkBroughtForward(bench);
  return { inProcess: joined(inProcess), overHttp: joined(overHttp) };
}

async function checkBroughtForward({ subject, shared }: Bench): Promise<void> {
  const now = new Date();
  const countAll = async (): Promise<number[]> => {
    const counts: number[] = [];
    for (const { rule } of rules) counts.push(await subject.count(rule, now));
    return counts;
  };
  const broughtForward = await countAll();
  subject.forget();
  await shared.forget();
  expectSame('The engine, after writes,', broughtForward, await countAll());
}

function joined(timings: readonly Timing[]): Timing {
  const [first] = timings as [Timing];
  const times = first.times.map((_, place) =>
    timings.flatMap(({ times: each }) => each[place]!).toSorted((one, other) => one - other),
  );
  return { way: first.way, times };
}
