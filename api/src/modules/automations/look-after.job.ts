import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { eachWorkspace, inBatches } from '../../platform/jobs/batches.js';
import type { Enqueue, Services, Task } from '../../platform/module.js';
import { outsideOperation } from '../../platform/operation.js';
import { hasWork } from './automation.repository.js';
import { followSegments } from './follow-segments.js';
import { performRun, type Performing } from './perform-run.js';
import { dueRuns, expireRuns } from './run.repository.js';

/** The name of the job that looks after the automations of a workspace. */
export const automationsTask = 'run-automations';

interface Payload {
  workspaceId: string;
  /** How many seconds it has waited since the last look. */
  waited: number;
}

/** Seconds between two looks at a workspace: soon after there was something to do, and ever later while there is not. */
const pauses = { least: 1, most: 15 };

/** Runs that are taken up at a time, and those that go on at once: a mail server takes its time for each message. */
const batch = 200;
const atOnce = 4;

/** Has the automations of the workspace looked after, at once or so many seconds later, in place of what was meant before. */
export async function lookAfterSoon(
  enqueue: Enqueue,
  { manager, workspaceId }: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  wait = 0,
): Promise<void> {
  const payload = { workspaceId, waited: wait } satisfies Payload;
  const name = `${automationsTask}:${workspaceId}`;
  const later = wait > 0 ? { runAt: new Date(Date.now() + wait * 1000) } : {};
  await enqueue(manager, automationsTask, payload, { key: name, queue: name, ...later });
}

/** Takes up what has happened and does what is due. @returns whether there was anything. */
export async function lookAfter(
  services: Performing,
  workspaceId: string,
  signal: AbortSignal,
): Promise<boolean> {
  let moved = await followSegments(services, workspaceId, signal);
  for (;;) {
    const now = services.clock.now();
    const ids = await services.withWorkspace(workspaceId, (tx) => dueRuns(tx, now, batch));
    if (ids.length === 0) return moved;
    moved = true;
    const left = [...ids];
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        try {
          await performRun(services, workspaceId, id, signal);
        } catch (error) {
          failures.push(error);
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (failures.length > 0) throw failures[0];
  }
}

/** The job, which has itself called again; writers that put it into the queue would wait for each other there. */
export function createAutomationsTask(services: Omit<Performing, 'log'>): Task {
  return (payload, { signal, log }) =>
    outsideOperation(async () => {
      const { workspaceId, waited } = payload as Payload;
      const moved = await lookAfter({ ...services, log }, workspaceId, signal);
      await services.withWorkspace(workspaceId, async (tx) => {
        if (!(await hasWork(tx))) return;
        const wait = moved || waited === 0 ? pauses.least : Math.min(waited * 2, pauses.most);
        await lookAfterSoon(services.enqueue, tx, wait);
      });
    });
}

/** The name of the job that starts the others again; it runs every hour. */
export const resumeAutomationsTask = 'resume-automations';

/** Puts the job of every workspace with automations back into the queue: one that failed too often is given up. */
export function createResumeAutomationsTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'enqueue'>,
): Task {
  const { withWorkspace, enqueue } = services;
  const resume = (workspaceId: string): Promise<void> =>
    withWorkspace(workspaceId, async (tx) => {
      if (await hasWork(tx)) await lookAfterSoon(enqueue, tx);
    });
  return (_payload, { signal }) =>
    outsideOperation(() => eachWorkspace(services, signal, resume, 'unarchived'));
}

/** The name of the job that forgets runs; it runs every night. */
export const expireRunsTask = 'expire-automation-runs';

/** Days that the log of runs is kept. */
export const daysOfRuns = 400;

/** Deletes runs that ended long ago. */
export function createExpireRunsTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  const { withWorkspace, clock } = services;
  return (_payload, { signal }) =>
    outsideOperation(() =>
      eachWorkspace(services, signal, (workspaceId) => {
        const before = new Date(clock.now().getTime() - daysOfRuns * 86_400_000);
        return inBatches(1000, signal, () =>
          withWorkspace(workspaceId, (tx) => expireRuns(tx, before, 1000)),
        );
      }),
    );
}
