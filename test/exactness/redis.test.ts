import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLaboratory, type Laboratory } from './laboratory.js';
import { createRandom } from './random.js';
import { createRedisServer, type RedisServer } from './redis-server.js';
import { run } from './run.js';

/* Redis is a cache, never a record: whatever becomes of it, counts stay what the truth counts. */

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const steps = process.env['FULL'] === '1' ? 300 : 45;

let redis: RedisServer;
let laboratory: Laboratory;
beforeEach(async () => {
  redis = await createRedisServer();
  await redis.start();
});
afterEach(async () => {
  redis.resume();
  await laboratory.close();
  await redis.kill();
});

/** Runs while something is done to Redis before each burst but the first. @param between is told how often it was called before. */
async function expectExactDuring(between: (turn: number) => Promise<void>): Promise<void> {
  console.log(`seed ${seed}`);
  let turns = 0;
  const outcome = await run(laboratory, createRandom(seed), {
    steps,
    between: async (burst) => {
      if (burst > 0) await between(turns++);
    },
  });
  expect(outcome.compared).toBeGreaterThan(steps / 4);
  // Fewer would not get to what comes after: Redis resumed, started again, filled with what it held before.
  expect(turns).toBeGreaterThanOrEqual(3);
}

const shared = async (): Promise<Laboratory> => openLaboratory({ redisUrls: [redis.url, redis.url] });

it(
  'is right while Redis is flushed',
  async () => {
    laboratory = await shared();
    await expectExactDuring(() => redis.flush());
  },
  30 * 60_000,
);

it(
  'is right while Redis is paused, and when it goes on',
  async () => {
    laboratory = await shared();
    await expectExactDuring(async (turn) => (turn % 2 === 0 ? redis.pause() : redis.resume()));
  },
  30 * 60_000,
);

it(
  'is right while Redis is killed and started again, empty',
  async () => {
    laboratory = await shared();
    await expectExactDuring((turn) => (turn % 2 === 0 ? redis.kill() : redis.start()));
  },
  30 * 60_000,
);

it(
  'is right when Redis is killed for good',
  async () => {
    laboratory = await shared();
    await expectExactDuring((turn) => (turn === 1 ? redis.kill() : sleep(1)));
  },
  30 * 60_000,
);

it(
  'is right when Redis holds what was true at an older version',
  async () => {
    laboratory = await shared();
    let older: Map<string, Buffer> | undefined;
    await expectExactDuring(async (turn) => {
      if (!older) {
        older = await redis.dump('{');
        if (older.size < 10) throw new Error('Too little is shared for this to show anything.');
        return;
      }
      await redis.fill(older);
      if (turn % 3 === 0) older = await redis.dump('{');
      // With nothing in its memory, it goes by what Redis holds.
      await laboratory.restart(1);
    });
  },
  30 * 60_000,
);

it(
  'is right when Redis holds entries of other keys, or halves of them',
  async () => {
    laboratory = await shared();
    await expectExactDuring(async (turn) => {
      const held = [...(await redis.dump('{'))];
      const garbled = held.map(([key, value], index): [string, Buffer] => {
        const other = held[(index + 1) % held.length]![1];
        return [key, turn % 2 === 0 ? other : value.subarray(0, value.length / 2)];
      });
      await redis.fill(garbled);
      await laboratory.restart(1);
    });
  },
  30 * 60_000,
);

it(
  'is right in a process without Redis beside one that has it',
  async () => {
    laboratory = await openLaboratory({ redisUrls: [redis.url, undefined] });
    await expectExactDuring(() => sleep(10));
  },
  30 * 60_000,
);
