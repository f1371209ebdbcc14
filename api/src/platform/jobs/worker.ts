import { EventEmitter } from 'node:events';
import {
  Logger as WorkerLogger,
  run,
  type JobHelpers,
  type Runner,
  type WorkerEvents,
} from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { newId } from '../ids.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Task } from '../module.js';
import { performOperation, type Operation } from '../operation.js';
import { showPresence } from './presence.js';

/** A running worker. */
export interface Worker {
  /** Takes no more jobs and waits for those under way; those that do not end in time are taken up elsewhere. */
  stop(): Promise<void>;
}

/** How a worker runs. */
export interface WorkerOptions {
  /** The system role's connection. */
  url: string;
  tasks: Record<string, Task>;
  /** Those that may take hours: as many of them run at a time as of the others, beside these. */
  longTasks: Record<string, Task>;
  /** When tasks run by themselves, in crontab's form. */
  crontab: string;
  /** Of each of the two. */
  concurrency: number;
  log: Logger;
  metrics: Metrics;
}

/** What a run of a job is entered as in the audit log: once, however many transactions it takes. */
function operationOf(name: string, id: string, payload: unknown): Operation {
  const { jobId = null } = (payload ?? {}) as { jobId?: string | null };
  return {
    name,
    requestId: `job:${id}`,
    actor: 'system',
    subjectId: jobId,
    fields: [],
    entryId: newId(),
  };
}

/** Starts taking jobs from the queue. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log, metrics } = options;
  const pool = new Pool({
    connectionString: options.url,
    // Each of the two listens on a connection of its own, and takes jobs on another.
    max: 2 * (options.concurrency + 2),
    application_name: 'coterie worker',
  });
  const stopping = new AbortController();
  const complain = (error: Error): void => {
    if (!stopping.signal.aborted) log.warn({ err: error }, 'a connection of the worker was lost');
  };
  pool.on('error', complain);
  pool.on('connect', (client) => client.on('error', complain));
  const workers = new Set<string>();
  const events: WorkerEvents = new EventEmitter();
  events.on('worker:create', ({ worker }) => workers.add(worker.workerId));
  const start = (tasks: Record<string, Task>, crontab: string): Promise<Runner> =>
    run({
      pgPool: pool,
      taskList: Object.fromEntries(
        Object.entries(tasks).map(([name, task]) => [
          name,
          taskOf(name, task, { log, metrics, signal: stopping.signal }),
        ]),
      ),
      crontab,
      concurrency: options.concurrency,
      pollInterval: 2000,
      noHandleSignals: true,
      events,
      logger: new WorkerLogger(() => (level, message) => log.debug({ level }, message)),
    });
  const runners = [await start(options.tasks, options.crontab), await start(options.longTasks, '')];
  const presence = await showPresence(options.url, () => workers, log);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(runners.map((runner) => runner.stop()));
      await presence.stop();
      await pool.end();
    },
  };
}

/** A task as the queue calls it. */
function taskOf(
  name: string,
  task: Task,
  { signal, log, metrics }: Pick<WorkerOptions, 'log' | 'metrics'> & { signal: AbortSignal },
) {
  return (payload: unknown, { job }: JobHelpers): Promise<void> =>
    performOperation(operationOf(name, job.id, payload), () =>
      metrics.timeJob(name, () =>
        task(payload, { signal, log, isLastAttempt: job.attempts >= job.max_attempts }),
      ),
    );
}
