import type { Services } from '../module.js';

/**
 * Does a piece of work for one workspace after another, until the worker stops.
 * @param which archived workspaces are among them unless it says otherwise: what they hold grows old as well.
 */
export async function eachWorkspace(
  { directory }: Pick<Services, 'directory'>,
  signal: AbortSignal,
  work: (workspaceId: string) => Promise<unknown>,
  which: 'all' | 'unarchived' = 'all',
): Promise<void> {
  const workspaces: { id: string }[] = await directory.query(
    'select id from workspaces where archived_at is null or $1',
    [which === 'all'],
  );
  for (const { id } of workspaces) {
    signal.throwIfAborted();
    await work(id);
  }
}

/** Does a piece of work again and again, until it finds less than `size` to do; gives how much that was in all. */
export async function inBatches(
  size: number,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<number> {
  for (let total = 0; ;) {
    signal.throwIfAborted();
    const done = await work();
    total += done;
    if (done < size) return total;
  }
}
