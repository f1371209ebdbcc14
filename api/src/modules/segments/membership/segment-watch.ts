import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../../../platform/module.js';
import { exactAt } from './judge.js';
import type { Standing } from './membership.js';
import { readStandings } from './membership.repository.js';
import { materialiseSoon } from './materialise-soon.js';
import { readSituation } from './progress.repository.js';

/**
 * Milliseconds between two looks. What is stored is looked at, rather than told of by whoever writes it: so no message can
 * be lost between processes, and whoever lost the connection to the database goes on where they were.
 */
const lookEvery = 1_000;

interface Waiting {
  segmentId: string;
  isNews: (standing: Standing) => boolean;
  resolve: (standing: Standing) => void;
  reject: (error: unknown) => void;
}

/**
 * Waits for memberships to move, for all who listen in this process: one look a second at each workspace, however many
 * they are. While somebody listens, memberships that lag behind the workspace are asked to come along.
 */
export class SegmentWatch {
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #services: Pick<Services, 'withWorkspace' | 'enqueue'>;

  constructor(services: Pick<Services, 'withWorkspace' | 'enqueue'>) {
    this.#services = services;
  }

  /** Waits until what is stored of a segment is news to the caller, and gives it. Fails when the signal is aborted. */
  async next(
    workspaceId: string,
    segmentId: string,
    isNews: Waiting['isNews'],
    signal: AbortSignal,
  ): Promise<Standing> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Standing>();
    const waiting = { segmentId, isNews, resolve, reject };
    const known = this.#waiting.get(workspaceId);
    const all = known ?? new Set();
    all.add(waiting);
    if (!known) {
      this.#waiting.set(workspaceId, all);
      void this.#look(workspaceId, all);
    }
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await promise;
    } finally {
      all.delete(waiting);
      signal.removeEventListener('abort', leave);
    }
  }

  /** Looks as long as anybody waits. */
  async #look(workspaceId: string, all: Set<Waiting>): Promise<void> {
    let lags = false;
    while (all.size > 0) {
      try {
        const found = await this.#read(workspaceId, [...all], lags);
        // Asked for only when it has not come along by itself since the last look, and then not at the next one.
        lags = found.lags && !lags;
        for (const waiting of all) {
          const standing = found.standings.get(waiting.segmentId);
          if (standing && waiting.isNews(standing)) waiting.resolve(standing);
        }
      } catch (error) {
        for (const { reject } of all) reject(error);
      }
      await sleep(lookEvery);
    }
    this.#waiting.delete(workspaceId);
  }

  async #read(
    workspaceId: string,
    waiting: readonly Waiting[],
    hurry: boolean,
  ): Promise<{ standings: Map<string, Standing>; lags: boolean }> {
    const { withWorkspace, enqueue } = this.#services;
    return withWorkspace(workspaceId, async (tx) => {
      const { claim, version } = await readSituation(tx);
      const lags = (claim?.version ?? 0) < version;
      if (lags && hurry) await materialiseSoon(enqueue, tx);
      const ids = [...new Set(waiting.map(({ segmentId }) => segmentId))];
      const standings = (await readStandings(tx, ids)).map((standing) => exactAt(standing, claim));
      return { standings: new Map(standings.map((standing) => [standing.segmentId, standing])), lags };
    });
  }
}
