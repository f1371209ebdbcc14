import type { Services } from '../../../platform/module.js';
import { openDestination } from '../connect.js';
import { DestinationFailure, type Connection } from '../destination.js';
import { disableDestination } from '../destination.repository.js';
import { callWebhook, type CallOutcome } from '../webhook/call-webhook.js';
import { destinationTypes } from '../kinds.js';
import { hopelessAfter, nextAttempt, type Delivery } from './delivery.js';
import { dueDeliveries, giveUpPending, isHopeless, nextDue, noteAttempt } from './delivery.repository.js';
import { wakeDeliveriesAt } from './enqueue-deliveries.js';
import { excerptAnswer } from './excerpt-answer.js';

/** What sending takes. */
export type DeliverServices = Pick<
  Services,
  'withWorkspace' | 'secrets' | 'network' | 'ask' | 'clock' | 'enqueue'
>;

/** Which webhook, and until when. */
export interface DeliverRun {
  workspaceId: string;
  destinationId: string;
  signal: AbortSignal;
}

/** Calls at a time to one webhook. */
const atATime = 5;
/** Milliseconds after which a run takes nothing more: the next one waits in line behind other webhooks'. */
const turn = 15_000;
/** So many failures without a success between them end a run: whoever is out of order must not keep others waiting. */
const enough = 10;
/** Milliseconds until a webhook that a run has given up on is called again. */
const pause = 30_000;

/**
 * Sends what is due of a webhook. Each answer is written down before anything else is done with its place, in a transaction
 * of its own: a process that dies between an answer and its commit leads to the same call once more, with the same
 * `webhook-id`, and never to one that is lost.
 */
export async function deliverDue(services: DeliverServices, run: DeliverRun): Promise<void> {
  const { withWorkspace, clock } = services;
  const { workspaceId, destinationId, signal } = run;
  const connection = await open(services, run);
  if (!connection) return;
  const until = Date.now() + turn;
  const failures = { inARow: 0 };
  while (Date.now() < until && failures.inARow < enough) {
    signal.throwIfAborted();
    const due = await withWorkspace(workspaceId, (tx) =>
      dueDeliveries(tx, destinationId, { now: clock.now(), limit: 4 * atATime }),
    );
    if (due.length === 0) break;
    const isGone = await sendAll(services, run, connection, due, failures);
    if (isGone) return;
  }
  const broken = failures.inARow >= enough;
  await withWorkspace(workspaceId, async (tx) => {
    const next = await nextDue(tx, destinationId);
    if (!next) return;
    const soonest = new Date(clock.now().getTime() + (broken ? pause : 0));
    await wakeDeliveriesAt(tx, services, destinationId, next > soonest ? next : soonest);
  });
}

/** The way to the webhook; undefined when there is none, and whatever was on its way there has been given up. */
async function open(
  { withWorkspace, secrets, network, ask, clock }: DeliverServices,
  { workspaceId, destinationId, signal }: DeliverRun,
): Promise<Connection | undefined> {
  const opening = {
    withWorkspace,
    secrets,
    types: destinationTypes,
    outside: { network, ask },
    exportDir: undefined,
  };
  try {
    return (await openDestination(opening, workspaceId, destinationId, signal)).connection;
  } catch (error) {
    if (!(error instanceof DestinationFailure)) throw error;
    // What cannot be opened because of a key that is missing here is tried again, perhaps elsewhere.
    if (error.trouble !== 'gone') throw error;
    const { message: because } = error;
    await withWorkspace(workspaceId, (tx) => giveUpPending(tx, destinationId, { because, now: clock.now() }));
    return undefined;
  }
}

/** @returns whether the webhook has turned out to be gone. */
async function sendAll(
  services: DeliverServices,
  run: DeliverRun,
  connection: Connection,
  due: readonly Delivery[],
  failures: { inARow: number },
): Promise<boolean> {
  const waiting = due.values();
  let isGone = false;
  const sendOnes = async (): Promise<void> => {
    for (const delivery of waiting) {
      if (isGone || failures.inARow >= enough || run.signal.aborted) return;
      const now = services.clock.now();
      const outcome = await callWebhook(connection, delivery, now);
      failures.inARow = outcome.isTaken ? 0 : failures.inARow + 1;
      isGone ||= await settle(services, run, delivery, outcome);
    }
  };
  // All of them are waited for, whatever becomes of one: an answer that came must be written down.
  const ends = await Promise.allSettled(Array.from({ length: atATime }, sendOnes));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  run.signal.throwIfAborted();
  return isGone;
}

/** Writes down what a call came to. @returns whether the webhook is out of use from now on. */
async function settle(
  { withWorkspace, clock }: DeliverServices,
  { workspaceId, destinationId }: DeliverRun,
  delivery: Delivery,
  { isTaken, status, trouble, text, retryAfter }: CallOutcome,
): Promise<boolean> {
  const now = clock.now();
  const seen = { lastStatus: status, lastTrouble: trouble };
  if (isTaken) {
    const attempt = { ...seen, status: 'delivered', nextAttemptAt: null, lastAnswer: null } as const;
    await withWorkspace(workspaceId, (tx) => noteAttempt(tx, delivery, attempt, now));
    return false;
  }
  const lastAnswer = excerptAnswer(text, delivery.data);
  const isGone = status === 410;
  const nextAttemptAt = (isGone ? undefined : nextAttempt(delivery.attempts + 1, now, retryAfter)) ?? null;
  const isDead = nextAttemptAt === null;
  return withWorkspace(workspaceId, async (tx) => {
    const attempt = { ...seen, status: isDead ? 'dead' : 'pending', nextAttemptAt, lastAnswer } as const;
    await noteAttempt(tx, delivery, attempt, now);
    if (!isDead) return false;
    const hopeless =
      !isGone && (await isHopeless(tx, destinationId, new Date(now.getTime() - hopelessAfter)));
    if (!isGone && !hopeless) return false;
    const because = isGone
      ? 'The webhook said that it is gone for good (HTTP 410).'
      : 'The webhook has taken nothing for days.';
    await disableDestination(tx, destinationId, { because, now });
    await giveUpPending(tx, destinationId, { because, now });
    return true;
  });
}
