import type { Logger } from 'pino';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import {
  DestinationFailure,
  type MailSender,
  type OpenForRun,
  type OutgoingMail,
} from '../destinations/index.js';
import { act } from './actions/index.js';
import { automationAt } from './automation.repository.js';
import { channelOf, type Action, type Automation, type Reason } from './automation.js';
import { endOfQuiet } from './quiet-hours.js';
import { findContactOf, isIn, mayReach, senderOf, type Found } from './recipient.repository.js';
import {
  deleteStep,
  hadBy,
  saveRun,
  saveStep,
  stepsOf,
  takeRun,
  type Run,
  type Step,
} from './run.repository.js';

/** What going through automations takes. */
export interface Performing extends Pick<Services, 'withWorkspace' | 'clock' | 'enqueue' | 'settings'> {
  log: Logger;
  open: OpenForRun;
  mail: MailSender;
}

/** A message that is noted, and now to be handed over. */
export interface NotedMail {
  destinationId: string;
  mail: OutgoingMail;
}

type Taken =
  | { kind: 'over' }
  | { kind: 'go on' }
  | { kind: 'mail'; noted: NotedMail; run: Run; action: number };

/** Milliseconds until a message that was not taken is tried again, and how often. */
const pauses = [60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 86_400_000];

const day = 86_400_000;

/**
 * Takes a run as far as it goes: until it waits for a time, or is over. What an action does in the database is done in the
 * transaction that notes it. A message is noted in a transaction of its own before it is handed over: if the process dies
 * in between, nobody knows whether the server has it, and it is not sent again.
 */
export async function performRun(
  services: Performing,
  workspaceId: string,
  runId: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const taken = await services.withWorkspace(workspaceId, (tx) => takeStep(services, tx, runId));
    if (taken.kind === 'over') return;
    if (taken.kind === 'mail') await handOver(services, workspaceId, taken, signal);
  }
}

async function takeStep(services: Performing, tx: WorkspaceTransaction, runId: string): Promise<Taken> {
  const run = await takeRun(tx, runId);
  const now = services.clock.now();
  if (!run || run.dueAt > now) return { kind: 'over' };
  const automation = await automationAt(tx, run.automationId, run.version);
  if (!automation || automation.status === 'archived') return finish(tx, run, 'skipped', now, 'ARCHIVED');
  if (automation.status !== 'active') return { kind: 'over' };
  const contact =
    run.contactId === null ? undefined : await findContactOf(tx, run.contactId, 'for no key update of c');
  if (!contact) return finish(tx, run, 'skipped', now, 'CONTACT_GONE');
  const action = automation.actions[run.nextAction];
  if (!action) return finish(tx, run, outcomeOf(await stepsOf(tx, [run.id])), now, null);
  const { name, timeZone } = await senderOf(tx);
  const quietUntil = endOfQuiet(now, automation.guards.quietHours, timeZone);
  if (quietUntil && action.kind !== 'wait') return wait(tx, run, quietUntil);
  const [known] = (await stepsOf(tx, [run.id])).filter((step) => step.action === run.nextAction);
  if (known?.outcome === 'sending') {
    await saveStep(tx, { ...known, outcome: 'in_doubt', reason: 'IN_DOUBT', at: now });
    return next(tx, run);
  }
  const against = await reasonAgainst(tx, { run, automation, contact, action, now });
  if (against === 'all') return { kind: 'over' };
  const step = (outcome: Step['outcome'], reason: Reason | null, detail: string | null = null): Step => ({
    runId: run.id,
    action: run.nextAction,
    kind: action.kind,
    outcome,
    reason,
    detail,
    at: now,
  });
  if (against) {
    await saveStep(tx, step('skipped', against));
    return next(tx, run);
  }
  if (action.kind === 'wait') {
    await saveStep(tx, step('done', null));
    run.nextAction += 1;
    return wait(tx, run, new Date(now.getTime() + action.minutes * 60_000));
  }
  const done = await attempt(() =>
    act(services, tx, { run, automation, contact, action, now, workspace: { name, timeZone } }),
  );
  if (done.kind === 'mail') {
    await saveStep(tx, step('sending', null));
    return { kind: 'mail', noted: done.noted, run, action: run.nextAction };
  }
  await saveStep(
    tx,
    done.kind === 'done' ? step('done', null, done.detail) : step(done.kind, done.reason, done.detail),
  );
  return next(tx, run);
}

/** What an action came to. */
export type Acted =
  | { kind: 'done'; detail: string | null }
  | { kind: 'skipped' | 'failed'; reason: Reason; detail: string | null }
  | { kind: 'mail'; noted: NotedMail };

/** What is refused for a reason that the team can understand is noted; anything else is ours, and tried again. */
async function attempt(work: () => Promise<Acted>): Promise<Acted> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT') throw error;
    return { kind: 'failed', reason: 'REFUSED', detail: error.message };
  }
}

/** Why an action, or all that is left (`all`: the run is over then), is not done; null when it is. */
async function reasonAgainst(
  tx: WorkspaceTransaction,
  {
    run,
    automation,
    contact,
    action,
    now,
  }: {
    run: Run;
    automation: Automation;
    contact: Found;
    action: Action;
    now: Date;
  },
): Promise<Reason | 'all' | null> {
  const { guards, trigger, segmentId } = automation;
  const had = await hadBy(tx, {
    contactIds: contact.ids,
    automationId: automation.id,
    but: run.id,
    runsSince: new Date(now.getTime() - (guards.cap?.days ?? 0) * day),
    emailsSince: new Date(now.getTime() - (guards.emailCap?.days ?? 0) * day),
  });
  const isFirst = run.nextAction === 0;
  const whole: Reason | null =
    isFirst && guards.once && had.ever > 0
      ? 'ALREADY'
      : isFirst && guards.cap && had.runs >= guards.cap.runs
        ? 'CAPPED'
        : guards.mustRemain && (await isIn(tx, segmentId, contact.ordinal)) === (trigger !== 'enter')
          ? 'LEFT'
          : null;
  if (whole) {
    await finish(tx, run, 'skipped', now, whole);
    return 'all';
  }
  if (action.kind === 'email' && guards.emailCap && had.emails >= guards.emailCap.emails) return 'CAPPED';
  const channel = channelOf(action);
  return channel && mayReach(tx, contact.ordinal, channel);
}

async function handOver(
  { withWorkspace, clock, open, mail }: Performing,
  workspaceId: string,
  { noted, run, action }: Extract<Taken, { kind: 'mail' }>,
  signal: AbortSignal,
): Promise<void> {
  const conclude = (outcome: Step['outcome'], reason: Reason | null, detail: string | null): Promise<void> =>
    withWorkspace(workspaceId, async (tx) => {
      const held = await takeRun(tx, run.id);
      if (!held) return;
      await saveStep(tx, { runId: run.id, action, kind: 'email', outcome, reason, detail, at: clock.now() });
      await next(tx, held);
    });
  try {
    const { connection } = await open(workspaceId, noted.destinationId, signal);
    const { status, ...bounced } = await mail.send(connection, noted.mail);
    if (status === 'sent') await conclude('done', null, null);
    else await conclude('failed', 'BOUNCED', 'because' in bounced ? String(bounced.because) : null);
  } catch (error) {
    if (!(error instanceof DestinationFailure)) throw error;
    const pause = pauses[run.attempts];
    if (error.trouble === 'refused' || error.trouble === 'gone' || pause === undefined)
      return conclude('failed', 'REFUSED', error.message);
    // It was not taken: the note goes, and it is tried again.
    await withWorkspace(workspaceId, async (tx) => {
      const held = await takeRun(tx, run.id);
      if (!held) return;
      await deleteStep(tx, run.id, action);
      const later = Math.max(pause, error.retryAfter ?? 0);
      const dueAt = new Date(clock.now().getTime() + later);
      await saveRun(tx, { ...held, attempts: held.attempts + 1, dueAt, detail: error.message });
    });
  }
}

async function next(tx: WorkspaceTransaction, run: Run): Promise<Taken> {
  await saveRun(tx, { ...run, nextAction: run.nextAction + 1, attempts: 0, detail: null });
  return { kind: 'go on' };
}

async function wait(tx: WorkspaceTransaction, run: Run, dueAt: Date): Promise<Taken> {
  await saveRun(tx, { ...run, dueAt });
  return { kind: 'over' };
}

async function finish(
  tx: WorkspaceTransaction,
  run: Run,
  status: Run['status'],
  now: Date,
  reason: Reason | null,
): Promise<Taken> {
  await saveRun(tx, { ...run, status, reason, finishedAt: now });
  return { kind: 'over' };
}

/** A run that did anything is done; one of which all was skipped is skipped; else it failed. */
function outcomeOf(steps: readonly Step[]): Run['status'] {
  const acted = steps.filter(({ kind }) => kind !== 'wait');
  if (acted.some(({ outcome }) => outcome === 'done' || outcome === 'in_doubt')) return 'done';
  return acted.every(({ outcome }) => outcome === 'skipped') ? 'skipped' : 'failed';
}
