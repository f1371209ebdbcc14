import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

/** What processes share of a workspace in Redis. */
export interface SharedKeys {
  /** Deletes all of it. */
  forget(): Promise<void>;
  /** Bytes that Redis takes for it. */
  bytes(): Promise<number>;
  close(): void;
}

/** Sets are stored behind the back of whoever asked: for so many milliseconds one may still come. */
const stragglersMs = 30;

/** Opens them: those with the workspace's id as their hash tag. */
export async function openSharedKeys(redisUrl: string, workspaceId: string): Promise<SharedKeys> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  const list = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: `{${workspaceId}}:*`, COUNT: 1000 }))
      found.push(...keys);
    return found;
  };
  return {
    async forget() {
      await sleep(stragglersMs);
      const keys = await list();
      if (keys.length > 0) await client.del(keys);
    },
    async bytes() {
      const sizes = await Promise.all((await list()).map((key) => client.memoryUsage(key)));
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
    close: () => client.destroy(),
  };
}
