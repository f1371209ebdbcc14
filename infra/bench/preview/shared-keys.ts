import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

/** What processes share of a workspace in Redis. */
export interface SharedKeys {
  /** Deletes all of it. */
  forget(): Promise<void>;
  /** Deletes the counts, and leaves the sets that they were taken from. */
  forgetCounts(): Promise<void>;
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
  const list = async (kind = ''): Promise<string[]> => {
    const found: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: `{${workspaceId}}:${kind}*`, COUNT: 1000 }))
      found.push(...keys);
    return found;
  };
  const forget = async (kind?: string): Promise<void> => {
    await sleep(stragglersMs);
    const keys = await list(kind);
    if (keys.length > 0) await client.del(keys);
  };
  return {
    forget: () => forget(),
    forgetCounts: () => forget('count:'),
    async bytes() {
      const sizes = await Promise.all((await list()).map((key) => client.memoryUsage(key)));
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
    close: () => client.destroy(),
  };
}
