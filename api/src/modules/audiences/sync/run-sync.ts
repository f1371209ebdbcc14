import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { longStatementSeconds } from '../../../platform/database/with-workspace.js';
import type { Services } from '../../../platform/module.js';
import { DestinationFailure, type AudienceWanted } from '../../destinations/index.js';
import type { AudienceDestinations, OpenAudienceDestination } from './audience-destinations.js';
import { beginSync, enqueueSync } from './begin-sync.js';
import { saveDelivery } from './delivery.repository.js';
import { countWaiting, leaveBatch, startOver } from './member.repository.js';
import { planSync, type Planning, type SyncRun } from './plan-sync.js';
import { RunIsOver, takeRun, type RunInHand } from './run-guard.js';
import { saveSync } from './sync.repository.js';
import { settleBatch, takeBatch, type TakenBatch } from './take-batch.js';

/** What running takes. */
export interface Running extends Planning, Pick<Services, 'enqueue'> {
  destinations: Pick<AudienceDestinations, 'open'>;
}

/** A wait that is shorter than this is slept through; a longer one gives the worker free. In milliseconds. */
const sleepAtMost = 5_000;

/** How long to wait for a destination that is busy and does not say how long: ever longer, in milliseconds. */
const waits = { first: 2_000, most: 10 * 60_000, told: 60 * 60_000 };

/** After so many waits in which nothing went through, the run is given up: about half a day. */
const mostWaits = 80;

/**
 * Brings an audience up to date at its destination: plans what is to be said, makes the audience there, and sends batch after
 * batch. What was decided is written down before anything goes out, so whoever takes over after a crash sends the same batch
 * again, with the same number, and goes on. No transaction is open while the destination is talked to.
 */
export async function runSync(services: Running, run: SyncRun): Promise<void> {
  try {
    await advance(services, run);
  } catch (error) {
    if (error instanceof RunIsOver) return;
    if (!(error instanceof DestinationFailure) || run.signal.aborted) throw error;
    await giveWay(services, run, error);
  }
}

async function advance(services: Running, run: SyncRun): Promise<void> {
  const begun = await within(services, run, async (tx) => {
    const taken = await takeRun(tx, run.syncId);
    await saveSync(tx, { ...taken.sync, status: 'running', resumeAt: null });
    return taken;
  });
  if (begun.sync.phase === 'done') return finish(services, run);
  if (begun.sync.phase === 'planning') await planSync(services, run);
  if (await hasNothingToSend(services, run)) return finish(services, run);
  const { workspaceId, signal } = run;
  const { destinationId } = begun.sync;
  const open = await services.destinations.open(workspaceId, destinationId, signal);
  const remote = await openRemote(services, run, open);
  if (remote === 'waits') return;
  for (;;) {
    const taken = await within(services, run, (tx) => takeBatch(tx, run.syncId, open.connector));
    if (!taken) return finish(services, run);
    if (taken.wait > sleepAtMost) return postpone(services, run, taken.wait);
    if (taken.wait > 0) await sleep(taken.wait, undefined, { signal });
    await sendBatch(services, run, { open, remote, taken });
    if (taken.batch.isLast) return finish(services, run);
  }
}

function within<Result>(
  { withWorkspace }: Running,
  { workspaceId, signal }: SyncRun,
  work: (tx: WorkspaceTransaction) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  return withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
}

function hasNothingToSend(services: Running, run: SyncRun): Promise<boolean> {
  return within(services, run, async (tx) => {
    const { sync } = await takeRun(tx, run.syncId);
    const { adding, leaving } = await countWaiting(tx, sync.audienceId);
    return sync.openAction === null && leaving === 0 && (adding === 0 || sync.plan === null);
  });
}

type RemoteAudience = AudienceWanted & { remoteId: string };

function wantedOf({ audience }: RunInHand): AudienceWanted {
  return { id: audience.id, name: audience.name, kind: audience.kind };
}

/** Sees to it that the platform has the audience. When it takes nobody yet, the run waits. */
async function openRemote(
  services: Running,
  run: SyncRun,
  { connector, connection }: OpenAudienceDestination,
): Promise<RemoteAudience | 'waits'> {
  const taken = await within(services, run, (tx) => takeRun(tx, run.syncId));
  const wanted = wantedOf(taken);
  let { remoteId, remoteReadyAt } = taken.delivery;
  if (remoteId === null) {
    const made = await connector.open(connection, wanted);
    ({ remoteId } = made);
    remoteReadyAt = made.readyAt ?? null;
    await within(services, run, async (tx) => {
      const { delivery } = await takeRun(tx, run.syncId);
      await saveDelivery(tx, { ...delivery, remoteId, remoteReadyAt });
    });
  }
  const wait = (remoteReadyAt?.getTime() ?? 0) - services.clock.now().getTime();
  if (wait <= 0) return { ...wanted, remoteId };
  await postpone(services, run, wait);
  return 'waits';
}

interface Sending {
  open: OpenAudienceDestination;
  remote: RemoteAudience;
  taken: TakenBatch;
}

async function sendBatch(
  services: Running,
  run: SyncRun,
  { open: { connector, connection }, remote, taken }: Sending,
): Promise<void> {
  const outcome = await connector.send(connection, remote, taken.batch);
  await within(services, run, (tx) => settleBatch(tx, run.syncId, taken, outcome));
}

/** Has the run gone on with later. */
async function postpone(services: Running, run: SyncRun, wait: number): Promise<void> {
  await within(services, run, async (tx) => {
    const { sync } = await takeRun(tx, run.syncId);
    const resumeAt = new Date(services.clock.now().getTime() + wait);
    await saveSync(tx, { ...sync, status: 'waiting', resumeAt });
    await enqueueSync(tx, services.enqueue, sync, wait);
  });
}

/** All has been said. Whoever is to be removed since the last batch is a matter of another run. */
async function finish(services: Running, run: SyncRun): Promise<void> {
  await within(services, run, async (tx) => {
    const { sync, delivery } = await takeRun(tx, run.syncId);
    const now = services.clock.now();
    await saveSync(tx, { ...sync, status: 'succeeded', phase: 'done', finishedAt: now, trouble: null });
    const { leaving } = await countWaiting(tx, sync.audienceId);
    if (leaving === 0 || !delivery.destinationId) return;
    const { audienceId, destinationId } = sync;
    await beginSync(tx, services.enqueue, {
      audienceId,
      destinationId,
      cause: 'withdrawal',
      createdBy: 'system',
      now,
    });
  });
}

/** What follows when the destination did not do what it was asked. */
async function giveWay(services: Running, run: SyncRun, failure: DestinationFailure): Promise<void> {
  await within(services, run, async (tx) => {
    const taken = await takeRun(tx, run.syncId).catch((error: unknown) => {
      if (error instanceof RunIsOver) return undefined;
      throw error;
    });
    if (!taken) return;
    const { sync } = taken;
    if (failure.trouble === 'busy' && sync.attempts < mostWaits) return waitFor(services, tx, taken, failure);
    if (failure.trouble === 'gone' && sync.attempts === 0) return reopen(services, tx, taken, failure);
    await failRun(tx, taken, failure.message, services.clock.now());
  });
}

async function waitFor(
  { clock, enqueue }: Running,
  tx: WorkspaceTransaction,
  { sync }: RunInHand,
  { retryAfter, message }: DestinationFailure,
): Promise<void> {
  const growing = Math.min(waits.first * 2 ** Math.min(sync.attempts, 20), waits.most);
  // Not all at the same moment.
  const wait =
    retryAfter === undefined ? growing * (0.5 + Math.random() / 2) : Math.min(retryAfter, waits.told);
  const resumeAt = new Date(clock.now().getTime() + wait);
  const attempts = sync.attempts + 1;
  await saveSync(tx, { ...sync, status: 'waiting', resumeAt, attempts, trouble: message });
  await enqueueSync(tx, enqueue, sync, wait);
}

/** The audience is not there any more: it is made anew, and everybody is added again. */
async function reopen(
  { enqueue }: Running,
  tx: WorkspaceTransaction,
  { sync, delivery, audience }: RunInHand,
  { message }: DestinationFailure,
): Promise<void> {
  await startOver(tx, audience.id);
  await saveDelivery(tx, { ...delivery, remoteId: null, remoteReadyAt: null });
  const { adding } = await countWaiting(tx, audience.id);
  const total = sync.plan ? adding : 0;
  await saveSync(tx, {
    ...sync,
    session: crypto.randomUUID(),
    sequence: 0,
    openAction: null,
    openIsLast: null,
    attempts: 1,
    trouble: message,
    total,
    toAdd: total,
    toRemove: 0,
  });
  await enqueueSync(tx, enqueue, sync);
}

/** Ends a run that did not come about. What it was to say is said by the next one. */
export async function failRun(
  tx: WorkspaceTransaction,
  { sync }: RunInHand,
  message: string,
  now: Date,
  status: 'failed' | 'cancelled' = 'failed',
): Promise<void> {
  await leaveBatch(tx, sync.audienceId);
  await saveSync(tx, {
    ...sync,
    status,
    phase: 'done',
    finishedAt: now,
    resumeAt: null,
    trouble: message,
    openAction: null,
    openIsLast: null,
  });
}
