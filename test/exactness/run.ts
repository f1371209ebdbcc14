import { expect } from 'vitest';
import { difference, preview, type Preview } from './compare.js';
import type { Laboratory } from './laboratory.js';
import type { Random } from './random.js';
import { conditionsOf, drawRule, everyCondition } from './rules.js';
import { Snapshots } from './snapshots.js';
import { drawWrite, newPopulation } from './writers.js';

/** What a run came to. */
export interface Outcome {
  steps: number;
  /** Previews that were compared with the truth, and how many of these while writers were at work. */
  compared: number;
  underLoad: number;
  bySource: Record<Preview['count']['source'], number>;
}

/** Minutes by which the clock moves: to the next one mostly, sometimes further, so that windows lose much at once. */
const moves = [1, 1, 1, 1, 5, 20, 60, 180, 1440, 20_000];

/**
 * Takes steps: in each burst several writers, several previews and snapshots of the versions that go by, all at once; then
 * the same rules are asked in the quiet. Fails at the first preview that is not the truth at its version.
 * @param between what happens now and then, such as an outage of Redis.
 */
export async function run(
  laboratory: Laboratory,
  random: Random,
  { steps, between }: { steps: number; between?: (burst: number) => Promise<void> },
): Promise<Outcome> {
  const conditions = conditionsOf(laboratory.things);
  const standing = [...conditions, ...Array.from({ length: 40 }, () => drawRule(random, conditions))];
  const population = newPopulation();
  const bySource = { CACHE: 0, INCREMENTAL: 0, COMPUTED: 0 };
  const outcome: Outcome = { steps: 0, compared: 0, underLoad: 0, bySource };
  const draw = (): string => (random.chance(0.1) ? drawRule(random, conditions) : random.pick(standing));
  const everything = everyCondition(conditions);
  const look = (text = draw()): Promise<Preview | undefined> =>
    preview(laboratory, random.pick(laboratory.processes), text);

  async function judge(previews: readonly (Preview | undefined)[], snapshots: Snapshots): Promise<number> {
    let judged = 0;
    for (const told of previews) {
      if (!told) continue;
      const tx = snapshots.at(told.count.version);
      if (!tx) continue;
      judged += 1;
      bySource[told.count.source] += 1;
      expect(await difference(tx, told), `after ${outcome.steps} steps`).toBeUndefined();
    }
    return judged;
  }

  async function inSnapshots(work: (snapshots: Snapshots) => Promise<void>): Promise<void> {
    const snapshots = new Snapshots(laboratory);
    try {
      await work(snapshots);
    } finally {
      await snapshots.close();
    }
  }

  for (let burst = 0; outcome.steps < steps; burst += 1) {
    await between?.(burst);
    await inSnapshots(async (snapshots) => {
      const writing = Array.from({ length: 1 + random.below(4) }, () =>
        drawWrite(random)({ laboratory, process: random.pick(laboratory.processes), random, population }),
      );
      const looking = Array.from({ length: 1 + random.below(4) }, () => look());
      let isOver = false;
      const all = Promise.all([...writing, ...looking]).finally(() => (isOver = true));
      // Awaited below; until then it must not count as unhandled.
      all.catch(() => undefined);
      while (!isOver && snapshots.size < 8) await snapshots.take();
      await all;
      const told = await Promise.all(looking);
      await snapshots.take();
      outcome.underLoad += await judge(told, snapshots);
      outcome.steps += writing.length + looking.length;
    });
    await inSnapshots(async (snapshots) => {
      await snapshots.take();
      const quiet = [await look(), await look(), await look(random.chance(0.5) ? everything : draw())];
      expect(quiet).not.toContain(undefined);
      const judged = await judge(quiet, snapshots);
      expect(judged).toBe(quiet.length);
      outcome.compared += judged;
      outcome.steps += quiet.length;
    });
    if (random.chance(0.5)) {
      laboratory.clock.at = new Date(laboratory.clock.at.getTime() + random.pick(moves) * 60_000);
      // The clocks of two machines are not the same to the second.
      laboratory.processes[1]!.skew = random.pick([0, 0, -1, 1]);
      outcome.steps += 1;
    }
  }
  outcome.compared += outcome.underLoad;
  return outcome;
}
