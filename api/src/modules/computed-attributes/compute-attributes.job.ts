import { outsideOperation } from '../../platform/operation.js';
import type { Services, Task } from '../../platform/module.js';
import { computeSoon, type ComputePayload } from '../attributes/index.js';
import { workspaceFacts } from '../contacts/index.js';
import { advance, type Advance } from './advance.js';
import { stepOptions } from './recompute.js';

/** Seconds between two looks at a workspace: soon after there was something to do, and ever later while there is not. */
const pauses = { least: 1, most: 60 };

/** Contacts that one step looks at, so that its transaction stays short. */
const mostAtOnce = 2_000;

type Needs = Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>;

/**
 * Brings the computed attributes of a workspace up to date and has itself called again. It is one job for a workspace, and
 * looks at the feed by itself: that writers of events put it into the queue would make them wait for each other there.
 */
export function createComputeTask({ withWorkspace, clock, enqueue }: Needs): Task {
  // What follows from events by itself is no more entered in the audit log than they are; nor that it is looked for again.
  return (payload, { signal }) =>
    outsideOperation(async () => {
      const { workspaceId, pause } = payload as ComputePayload;
      const { state, looked } = await catchUp({ withWorkspace, clock }, workspaceId, signal);
      if (state === 'nothing') return;
      const next = looked > 0 ? pauses.least : Math.min(pause * 2, pauses.most);
      const runAt = new Date(clock.now().getTime() + next * 1000);
      await withWorkspace(workspaceId, (tx) => computeSoon(enqueue, tx, runAt, next));
    });
}

/** Takes steps until all is fresh. */
export async function catchUp(
  { withWorkspace, clock }: Pick<Needs, 'withWorkspace' | 'clock'>,
  workspaceId: string,
  signal: AbortSignal,
  chunk = mostAtOnce,
): Promise<{ state: Advance; looked: number }> {
  let looked = 0;
  for (;;) {
    signal.throwIfAborted();
    const step = await withWorkspace(
      workspaceId,
      async (tx) => advance(tx, { ...(await workspaceFacts(tx)), now: clock.now(), chunk }),
      { ...stepOptions, signal },
    );
    looked += step.looked;
    if (step.state !== 'goes_on') return { state: step.state, looked };
  }
}
