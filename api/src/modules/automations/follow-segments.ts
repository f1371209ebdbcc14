import type { Clock } from '../../platform/clock.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { readAfter, type Transition } from '../segments/index.js';
import { activeAutomations, movePlace } from './automation.repository.js';
import type { Automation } from './automation.js';
import { isHeldOut } from './hold-out.js';
import { insertRuns } from './run.repository.js';

/** Transitions that one transaction takes up. */
const mostAtOnce = 1000;

/**
 * Takes up what has happened in the segments of active automations: each transition that sets one off becomes a run, in the
 * transaction that moves the place in the log, so that none is lost and none is taken twice, wherever a process dies.
 * @returns whether there was anything.
 */
export async function followSegments(
  { withWorkspace, clock }: { withWorkspace: WithWorkspace; clock: Clock },
  workspaceId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const automations = await withWorkspace(workspaceId, activeAutomations);
  let moved = false;
  for (const automation of automations) {
    for (let place = automation.place ?? 0; ;) {
      signal.throwIfAborted();
      const now = clock.now();
      const next = await withWorkspace(workspaceId, (tx) => takeUp(tx, { ...automation, place }, now));
      if (next === undefined) break;
      moved = true;
      place = next;
    }
  }
  return moved;
}

/** @returns the new place; undefined when there was nothing to take up. */
async function takeUp(
  tx: WorkspaceTransaction,
  automation: Automation,
  now: Date,
): Promise<number | undefined> {
  const place = automation.place ?? 0;
  let transitions: Transition[];
  try {
    transitions = await readAfter(tx, automation.segmentId, { after: place, limit: mostAtOnce });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'CURSOR_TOO_OLD') throw error;
    return skipGap(tx, automation);
  }
  const last = transitions.at(-1)?.sequence;
  if (last === undefined || !(await movePlace(tx, automation, last))) return undefined;
  const { id, version, guards } = automation;
  const runs = transitions.flatMap((transition) => {
    const { sequence, contactId, at } = transition;
    if (!setsOff(automation, transition) || contactId === null) return [];
    return [{ sequence, contactId, enteredAt: at, isHeldOut: isHeldOut(id, contactId, guards.holdOut) }];
  });
  if (runs.length > 0) await insertRuns(tx, { automationId: id, version, now }, runs);
  return last;
}

function setsOff({ trigger, guards }: Automation, { entered, byDefinition }: Transition): boolean {
  return entered === (trigger === 'enter') && (guards.byDefinition || !byDefinition);
}

/** What happened while nobody followed for longer than the log is kept: it goes on from where the log goes on. */
async function skipGap(tx: WorkspaceTransaction, automation: Automation): Promise<number | undefined> {
  const [first] = await tx.query<{ sequence: number }>(
    'select min(sequence)::float8 as sequence from segment_transitions where segment_id = $1 and sequence > $2',
    [automation.segmentId, automation.place ?? 0],
  );
  if (!first?.sequence) return undefined;
  const trouble = 'What happened before was not kept for long enough: nothing was done about it.';
  return (await movePlace(tx, automation, first.sequence - 1, trouble)) ? first.sequence - 1 : undefined;
}
