import type { Rule } from '@coterie/rules';
import { createCountMembers, type CountMembers } from '../../../api/src/modules/segments/count-members.js';
import { createEngine, type Engine } from '../../../api/src/modules/segments/engine/engine.js';
import { countMembers as countBySql } from '../../../api/src/modules/segments/engine/truth.js';
import {
  listingPolicy,
  refreshPostings,
} from '../../../api/src/modules/segments/postings/refresh-postings.js';
import { loadQuestion } from '../../../api/src/modules/segments/question.js';
import { createRedisCache } from '../../../api/src/platform/cache/redis.js';
import { systemClock } from '../../../api/src/platform/clock.js';
import { createDataSource } from '../../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../../api/src/platform/log.js';
import { UsageMeter } from '../../../api/src/platform/usage.js';
import { readSettings } from '../../../api/src/settings.js';

/** What is measured in this process: the segments' counts as the API takes them, with an engine of its own. */
export interface Subject {
  count(rule: Rule, now: Date): Promise<number>;
  /** The same by one SQL statement, the evaluator that says what rules mean. */
  countBySql(rule: Rule, now: Date): Promise<number>;
  /** Makes the posting lists that have fallen behind, as the worker does it; or all of what has changed at all. */
  refreshLists(which?: 'all'): Promise<void>;
  /** Forgets what this process keeps, as if it were a new one. */
  forget(): void;
  /** The sets that this process keeps. */
  kept(): { sets: number; bytes: number };
  close(): Promise<void>;
}

/** What the SQL statement may take: it is not built to be fast. */
const statementSeconds = 1800;

/** Opens it on a workspace, as the application enters it: under row-level security. */
export async function openSubject(appUrl: string, redisUrl: string, workspaceId: string): Promise<Subject> {
  const dataSource = createDataSource({
    url: appUrl,
    poolSize: 4,
    name: 'bench',
    onConnectionError: () => undefined,
  });
  await dataSource.initialize();
  const withWorkspace = createWithWorkspace(dataSource);
  const cache = createRedisCache(redisUrl, createLog('silent'));
  const meter = new UsageMeter(systemClock);
  const mostBytes = readSettings({}).setCacheBytes;
  const { signal } = new AbortController();
  const anew = (): { engine: Engine; countMembers: CountMembers } => {
    const engine = createEngine({ withWorkspace, shared: cache }, { mostBytes });
    return { engine, countMembers: createCountMembers({ engine, cache, meter }) };
  };
  let current = anew();
  return {
    async count(rule, now) {
      const ask: Parameters<CountMembers>[1] = async (tx) => [await loadQuestion(tx, rule, now)];
      const [answer] = await current.countMembers(workspaceId, ask, signal);
      if (!answer || answer instanceof Error) throw answer ?? new Error('One question has one answer.');
      return answer.value;
    },
    countBySql: (rule, now) =>
      withWorkspace(
        workspaceId,
        async (tx) => {
          const { text, values } = countBySql(await loadQuestion(tx, rule, now));
          const [row] = await tx.query<{ count: string }>(text, values);
          return Number(row?.count);
        },
        { snapshot: true, statementSeconds },
      ),
    async refreshLists(which) {
      const policy = which === 'all' ? { ...listingPolicy, mostChanged: 0 } : listingPolicy;
      await refreshPostings(withWorkspace, workspaceId, signal, policy);
    },
    forget: () => void (current = anew()),
    kept: () => ({ sets: current.engine.leaves.size, bytes: current.engine.leaves.bytes }),
    async close() {
      await cache.close();
      await dataSource.destroy();
    },
  };
}
