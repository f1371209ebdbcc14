import { fold } from '@coterie/rules';
import { noContact, longStatementSeconds } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import type { Services, TaskRun } from '../../../platform/module.js';
import { materialiseSoon } from '../../segments/index.js';
import { nextTraining, type Lookalike, type TrainingReport } from '../lookalike.js';
import {
  bestOf,
  noteProgress,
  requireLookalike,
  saveRanking,
  saveReport,
  saveTrouble,
} from '../lookalike.repository.js';
import { startGrowing } from './grow-in-thread.js';
import { columnsOfRule, loadColumns, loadPeople, type People } from './load-people.js';
import type { Grown } from './protocol.js';

/** What training takes. */
export type TrainServices = Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>;

const ours = 'Something went wrong on our side: it is tried again when it is asked for.';

/** Milliseconds between two notes of how far it has come. */
const noteEvery = 1_000;
/** The same seed and the same people give the same ranking. */
const random = 1;
/** The share of the pool whose changing is called drift. */
const compared = 0.1;

/**
 * Grows a lookalike: reads the people as of one version, trains in a thread of its own, and puts the ranking in the place
 * of the one before. A seed of which nothing can be grown leaves that one, and says why. Run again after a crash, it
 * begins anew.
 */
export async function trainLookalike(
  services: TrainServices,
  { workspaceId, id }: { workspaceId: string; id: string },
  { signal, isLastAttempt }: Pick<TaskRun, 'signal' | 'isLastAttempt'>,
): Promise<void> {
  const { withWorkspace, clock } = services;
  const now = clock.now();
  const lookalike = await withWorkspace(workspaceId, (tx) => requireLookalike(tx, id, 'id'));
  if (!(await withWorkspace(workspaceId, (tx) => noteProgress(tx, lookalike, 0)))) return;
  const cancelled = new AbortController();
  const ended = AbortSignal.any([signal, cancelled.signal]);
  let done = 0;
  const noting = setInterval(() => {
    void withWorkspace(workspaceId, (tx) => noteProgress(tx, lookalike, done))
      .then((goesOn) => goesOn || cancelled.abort())
      .catch(() => undefined);
  }, noteEvery);
  const thread = startGrowing(ended, (share) => (done = 0.3 + 0.7 * share));
  try {
    const people = await feed(services, workspaceId, lookalike, now, {
      thread,
      ended,
      onRead: () => (done = 0.3),
    });
    const grown = await thread.grown;
    if (ended.aborted) return;
    await store(services, workspaceId, lookalike, now, people, grown);
  } catch (error) {
    if (cancelled.signal.aborted) return;
    signal.throwIfAborted();
    const isRefused = error instanceof Failure;
    const next = nextTraining(lookalike.schedule, now);
    // What is refused in words is so every time; anything else is tried again, and said when it is given up.
    if (isRefused || isLastAttempt)
      await withWorkspace(workspaceId, (tx) => saveTrouble(tx, id, isRefused ? error.message : ours, next));
    if (!isRefused) throw error;
  } finally {
    clearInterval(noting);
    await thread.end();
  }
}

interface Feeding {
  thread: ReturnType<typeof startGrowing>;
  ended: AbortSignal;
  onRead(): void;
}

/** Reads everybody as of one version, and hands it to the thread piece by piece. */
async function feed(
  { withWorkspace }: TrainServices,
  workspaceId: string,
  lookalike: Lookalike,
  now: Date,
  { thread, ended, onRead }: Feeding,
): Promise<People> {
  const options = { snapshot: true, signal: ended, statementSeconds: longStatementSeconds };
  return withWorkspace(
    workspaceId,
    async (tx) => {
      const people = await loadPeople(tx, lookalike, now);
      // Events stand under their folded names.
      const wanted = lookalike.leftOut.flatMap((column) => [column, fold(column)]);
      const definesSeed = [...wanted, ...(await columnsOfRule(tx, lookalike))];
      const { rows, seed, values, pool } = people;
      thread.tell({ kind: 'begin', rows, definesSeed });
      for await (const message of loadColumns(tx, now)) thread.tell(message);
      onRead();
      thread.tell({ kind: 'train', seed, values, pool, random });
      return people;
    },
    options,
  );
}

async function store(
  { withWorkspace, enqueue }: TrainServices,
  workspaceId: string,
  lookalike: Lookalike,
  now: Date,
  { seed, pool }: People,
  { ranking, ...found }: Grown,
): Promise<void> {
  const { id, poolSize: formerSize } = lookalike;
  await withWorkspace(
    workspaceId,
    async (tx) => {
      // Whoever has cancelled it meanwhile, or put it aside, keeps what there was.
      if (!(await noteProgress(tx, lookalike, 1))) return;
      const { schedule } = await requireLookalike(tx, id, 'id');
      const before = formerSize === null ? [] : await bestOf(tx, id, Math.ceil(formerSize * compared));
      const best = new Set(ranking.ordinals.subarray(0, Math.ceil(pool.length * compared)));
      const left = before.filter((ordinal) => !best.has(ordinal)).length;
      const report: TrainingReport = { ...found, drift: before.length > 0 ? left / before.length : null };
      await saveRanking(tx, id, ranking);
      const sizes = { poolSize: pool.length, seedSize: seed.length };
      await saveReport(tx, id, {
        report,
        ...sizes,
        trainedAt: now,
        nextTrainingAt: nextTraining(schedule, now),
      });
      tx.changed(noContact, `lookalike:${id}`);
      await materialiseSoon(enqueue, tx);
    },
    { statementSeconds: longStatementSeconds },
  );
}
