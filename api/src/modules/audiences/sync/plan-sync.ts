import type { Bitmap } from '@coterie/bitmap';
import {
  longStatementSeconds,
  type WorkspaceTransaction,
} from '../../../platform/database/with-workspace.js';
import type { Services } from '../../../platform/module.js';
import {
  HandOut,
  noCounts,
  type HandedOut,
  type HandOutCounts,
  type HandOutPart,
} from '../../ad-files/index.js';
import { membersNow, type Engine } from '../../segments/index.js';
import { workspaceFacts } from '../../contacts/index.js';
import type { CustomAudience } from '../audience.repository.js';
import { saveDelivery } from './delivery.repository.js';
import {
  companiesIn,
  contactsAmong,
  countWaiting,
  insertMembers,
  letContactsGo,
  letMembersGo,
  ordinalsIn,
} from './member.repository.js';
import { takeRun } from './run-guard.js';
import { saveSync } from './sync.repository.js';

/** What planning takes. */
export interface Planning extends Pick<Services, 'withWorkspace' | 'clock'> {
  engine: Engine;
}

/** One run of the job of a sync. */
export interface SyncRun {
  workspaceId: string;
  syncId: string;
  /** Aborted when the worker stops. */
  signal: AbortSignal;
}

/** Contacts that are looked at in one transaction: they are read with the sets of consents, which are read once for them. */
const contactsAtOnce = 25_000;

/**
 * Finds out who is to be added and who is to be removed, and notes it: who is to be there by the rules for files, against
 * what the platform was told. The segment's members are those of one version. Whoever takes over after a crash plans anew,
 * and finds done what was done.
 */
export async function planSync(services: Planning, run: SyncRun): Promise<void> {
  const { withWorkspace, engine, clock } = services;
  const { workspaceId, syncId, signal } = run;
  const within = <Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    return withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
  };
  const { audience } = await within((tx) => takeRun(tx, syncId));
  const { members, version, sequence } = await membersNow(engine, workspaceId, {
    segmentId: audience.segmentId,
    now: clock.now(),
    signal,
  });
  const handOut = await within(async (tx) =>
    HandOut.begin(tx, { ...audience, timeZone: (await workspaceFacts(tx)).timeZone }),
  );
  const totals: HandOutCounts = noCounts();
  let unchanged = 0;
  for (const some of partsOf(audience, members)) {
    const done = await within(async (tx) => {
      await takeRun(tx, syncId);
      const part = await handOut.read(tx, some);
      return { part, unchanged: await planPart(tx, audience, some, part) };
    });
    // Only now: a transaction that lost a race is run again.
    handOut.accept(done.part);
    unchanged += done.unchanged;
    for (const key of Object.keys(totals) as (keyof HandOutCounts)[]) totals[key] += done.part.counts[key];
  }
  await within(async (tx) => {
    const { sync, delivery } = await takeRun(tx, syncId);
    await letOthersGo(tx, audience, members);
    const { adding, leaving } = await countWaiting(tx, audience.id);
    await saveDelivery(tx, { ...delivery, plannedVersion: version, plannedSequence: sequence });
    await saveSync(tx, {
      ...sync,
      phase: 'sending',
      plan: { ...totals, members: members.size, unchanged },
      total: adding + leaving,
      toAdd: adding,
      toRemove: leaving,
    });
  });
}

/** Companies are put together from the contacts of all of them. */
function partsOf({ kind }: CustomAudience, members: Bitmap): Uint32Array[] {
  const ordinals = members.ordinals();
  if (kind === 'companies') return [ordinals];
  return Array.from({ length: Math.ceil(ordinals.length / contactsAtOnce) }, (_, index) =>
    ordinals.subarray(index * contactsAtOnce, (index + 1) * contactsAtOnce),
  );
}

/** Compares some of the segment with what the platform was told of them. @returns how many stay as they are. */
async function planPart(
  tx: WorkspaceTransaction,
  { id, kind }: CustomAudience,
  ordinals: Uint32Array,
  { rows }: HandOutPart,
): Promise<number> {
  const known = kind === 'contacts' ? await contactsAmong(tx, id, ordinals) : await companiesIn(tx, id);
  const had = new Map(known.map((member) => [keyOf(member), member]));
  const fresh = [];
  let unchanged = 0;
  for (const row of rows) {
    const values = JSON.stringify(row.values);
    const former = had.get(keyOf(row));
    if (former?.values === values) {
      had.delete(keyOf(row));
      if (former.state === 'held') unchanged += 1;
    } else fresh.push({ ...row, values });
  }
  // Who is not to be there any more, and what is not to be said any more of those who are.
  await letMembersGo(
    tx,
    id,
    [...had.values()].map(({ place }) => place),
  );
  await insertMembers(tx, id, fresh);
  return unchanged;
}

function keyOf({ ordinal, companyId }: Pick<HandedOut, 'ordinal' | 'companyId'>): number | string {
  return ordinal ?? companyId!;
}

/** Lets the contacts go who are not in the segment; companies were compared whole. */
async function letOthersGo(
  tx: WorkspaceTransaction,
  { id, kind }: CustomAudience,
  members: Bitmap,
): Promise<void> {
  if (kind === 'companies') return;
  const others = (await ordinalsIn(tx, id)).andNot(members);
  if (others.size > 0) await letContactsGo(tx, id, [...others.ordinals()]);
}
