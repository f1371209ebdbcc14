import { parse, type Rule } from '@coterie/rules';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createEngine, type Engine } from '../../api/src/modules/segments/engine/engine.js';
import { loadQuestion } from '../../api/src/modules/segments/question.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import { openSegments, type Segments } from './open-segments.js';

/* What the engine keeps of sets, in a process and for others; test/exactness shows that none of it is ever wrong. */

let segments: Segments;
const shared = createMemoryCache();
beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

const newEngine = (): Engine =>
  createEngine({ withWorkspace: segments.withWorkspace, shared }, { mostBytes: 1024 * 1024 });

async function count(engine: Engine, text: string): Promise<[size: number, source: string]> {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(`${text} is no rule.`);
  const rule: Rule = parsed.rule;
  return engine.inTurn(segments.workspaceId, async (turn) => {
    const { members, source } = await turn.evaluate(await loadQuestion(turn.tx, rule, segments.clock.now()));
    return [members.size, source];
  });
}

it('are found once, and brought forward when somebody changes', async () => {
  const engine = newEngine();
  await segments.people({ job_title: 'kept' }, { job_title: 'other' });
  expect(await count(engine, 'job_title is "kept"')).toEqual([1, 'COMPUTED']);
  expect(await count(engine, 'job_title is "kept"')).toEqual([1, 'CACHE']);
  await segments.people({ job_title: 'kept' });
  expect(await count(engine, 'job_title is "kept"')).toEqual([2, 'INCREMENTAL']);
});

it('are found by other processes', async () => {
  await segments.people({ job_title: 'shared' });
  expect(await count(newEngine(), 'job_title is "shared"')).toEqual([1, 'COMPUTED']);
  // Shared beside the answer.
  await vi.waitFor(async () =>
    expect(await count(newEngine(), 'job_title is "shared"')).toEqual([1, 'CACHE']),
  );
});

it('are found anew once when they are of versions that there never were, as after a restore', async () => {
  const engine = newEngine();
  const [first] = await segments.people({ job_title: 'restored' }, { job_title: 'restored' });
  expect(await count(engine, 'job_title is "restored"')).toEqual([2, 'COMPUTED']);
  await segments.database.owner.query('delete from contacts where id = $1', [first]);
  await segments.database.owner.query(
    'update workspace_versions set version = version - 1 where workspace_id = $1',
    [segments.workspaceId],
  );
  expect(await count(engine, 'job_title is "restored"')).toEqual([1, 'COMPUTED']);
  expect(await count(engine, 'job_title is "restored"')).toEqual([1, 'CACHE']);
});
