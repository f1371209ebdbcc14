import { afterEach, expect, it } from 'vitest';
import { openLaboratory, type Laboratory } from './laboratory.js';
import { createRandom } from './random.js';
import { run } from './run.js';

/*
 * Every count is exact at the version that it names: random writers and previews on two processes that share a Redis,
 * each preview compared, in all its nodes, with what the truth says in a snapshot of that version.
 */

/** Printed, so that a failure can be had again with SEED. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
/** In each of the time zones. */
const steps = process.env['FULL'] === '1' ? 2_500 : 150;

let laboratory: Laboratory | undefined;
afterEach(async () => {
  await laboratory?.close();
  laboratory = undefined;
});

it.each(['UTC', 'America/New_York'])(
  'counts what the truth counts at every version, in %s',
  async (timeZone) => {
    laboratory = await openLaboratory({ timeZone });
    const outcome = await run(laboratory, createRandom(seed), { steps });
    console.log(`seed ${seed}, ${timeZone}: ${JSON.stringify(outcome)}`);
    expect(outcome.compared).toBeGreaterThan(steps / 4);
    expect(outcome.underLoad).toBeGreaterThan(steps / 40);
    for (const times of Object.values(outcome.bySource)) expect(times).toBeGreaterThan(steps / 50);
  },
  30 * 60_000,
);
