import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import {
  refreshPostings,
  type ListingPolicy,
} from '../../api/src/modules/segments/postings/refresh-postings.js';
import { openLaboratory, type Laboratory } from './laboratory.js';
import { createRandom } from './random.js';
import { run } from './run.js';

/*
 * Posting lists are of an older version than what is asked about: counts that are found from them are what the truth
 * counts, whoever writes while they are made, and whatever has changed since.
 */

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const steps = process.env['FULL'] === '1' ? 1_500 : 120;

/** Lists of everything, however little there is of it. */
const everything: ListingPolicy = { leastContacts: 0, mostChanged: 0, leastEvents: 1, leastHolders: 0 };

let laboratory: Laboratory | undefined;
afterEach(async () => {
  await laboratory?.close();
  laboratory = undefined;
});

it.each(['UTC', 'Asia/Kolkata'])(
  'counts from posting lists what the truth counts, in %s',
  async (timeZone) => {
    laboratory = await openLaboratory({ timeZone, redisUrls: [undefined, undefined] });
    const { withWorkspace, workspaceId, restart } = laboratory;
    const random = createRandom(seed);
    const policies = [everything, { ...everything, mostChanged: 0.5 }, { ...everything, leastHolders: 3 }];
    let made = 0;
    let refreshing: Promise<void> = Promise.resolve();
    const refresh = async (): Promise<void> => {
      // At some time in the burst, beside the writers.
      await sleep(random.below(30));
      made += await refreshPostings(
        withWorkspace,
        workspaceId,
        new AbortController().signal,
        random.pick(policies),
      );
    };
    const outcome = await run(laboratory, random, {
      steps,
      between: async (burst) => {
        await refreshing;
        if (burst % 4 === 1) refreshing = refresh();
        // With nothing in its memory, a process goes by the lists.
        if (burst % 3 === 2) await restart(1);
      },
    });
    await refreshing;
    console.log(`seed ${seed}, ${timeZone}: ${JSON.stringify({ ...outcome, made })}`);
    expect(outcome.compared).toBeGreaterThan(steps / 4);
    expect(outcome.bySource.COMPUTED).toBeGreaterThan(steps / 20);
    expect(made).toBeGreaterThan(20);
  },
  30 * 60_000,
);
