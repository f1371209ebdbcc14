import { randomUUID } from 'node:crypto';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { stillEligible, type ToldValues } from '../../ad-files/index.js';
import type { AudienceBatch, AudienceConnector, BatchOutcome } from '../../destinations/index.js';
import { plans } from './audience-sync.js';
import { takePace } from './delivery.repository.js';
import { confirmErasures } from './erasure-notice.repository.js';
import {
  countWaiting,
  forgetBatch,
  holdBatch,
  letMembersGo,
  membersToSend,
  putIntoBatch,
  rejectMembers,
  type AudienceMember,
} from './member.repository.js';
import { takeRun, type RunInHand } from './run-guard.js';
import { isRefused, refusedBy, removalsOf } from './shared-values.js';
import { saveSync } from './sync.repository.js';

/** A batch that is about to go out. */
export interface TakenBatch {
  batch: AudienceBatch;
  /** The places of its members. */
  places: readonly string[];
  /** Milliseconds to wait before it goes. */
  wait: number;
}

/** What taking a batch goes by. */
type TakingConnector = Pick<AudienceConnector, 'limits' | 'removesWholeRows'>;

const minute = 60_000;

/**
 * Takes up the next batch of a run, removals first: the one that was under way when somebody died, with the number and the
 * members that it had, else a new one. Consent and suppressions are looked at here, immediately before it goes: who may not
 * be sent any more is not in it, and whom the platform may know of already is removed by a later one.
 * @param now the database's time is what the pace goes by.
 * @returns undefined when there is nothing left to send.
 */
export async function takeBatch(
  tx: WorkspaceTransaction,
  syncId: string,
  { limits: { batch: most, batchesPerMinute }, removesWholeRows = false }: TakingConnector,
): Promise<TakenBatch | undefined> {
  const run = await takeRun(tx, syncId);
  const again = run.sync.openAction ? await takeAgain(tx, run, removesWholeRows) : undefined;
  const taken = again ?? (await takeNext(tx, run, most, removesWholeRows));
  if (!taken) return undefined;
  const every = batchesPerMinute > 0 ? minute / batchesPerMinute : 0;
  return { ...taken, wait: every > 0 ? await takePace(tx, run.sync.destinationId, every) : 0 };
}

type Taken = Omit<TakenBatch, 'wait'>;

/** The batch whose outcome is not known. */
async function takeAgain(
  tx: WorkspaceTransaction,
  run: RunInHand,
  wholeRows: boolean,
): Promise<Taken | undefined> {
  const { sync, audience } = run;
  const members = await membersToSend(tx, audience.id, { batch: sync.sequence });
  const staying = sync.openAction === 'add' ? await withoutRefusing(tx, run, members) : members;
  const taken = await describe(tx, run, staying, wholeRows);
  if (taken) return taken;
  // Nobody of it is left, and whether the platform has had it is not known: what follows belongs to another session.
  if (sync.openAction === 'remove') await forgetBatch(tx, audience.id, sync.sequence);
  run.sync = { ...sync, session: randomUUID(), sequence: 0, openAction: null, openIsLast: null };
  await saveSync(tx, run.sync);
  return undefined;
}

/** The next members that wait. */
async function takeNext(
  tx: WorkspaceTransaction,
  run: RunInHand,
  most: number,
  wholeRows: boolean,
): Promise<Taken | undefined> {
  const { audience } = run;
  const addsToo = plans(run.sync);
  for (;;) {
    const { sync } = run;
    const waiting = (state: 'adding' | 'leaving', limit: number): Promise<AudienceMember[]> =>
      membersToSend(tx, audience.id, { state, limit });
    const leaving = await waiting('leaving', most + 1);
    const adding = addsToo && leaving.length === 0 ? await waiting('adding', most + 1) : [];
    if (leaving.length + adding.length === 0) return undefined;
    const action = leaving.length > 0 ? 'remove' : 'add';
    const some = (action === 'remove' ? leaving : adding).slice(0, most);
    const members = action === 'add' ? await withoutRefusing(tx, run, some) : some;
    // Who has been let go since may have left nobody, or somebody to be removed.
    if (members.length < some.length && (members.length === 0 || (await waiting('leaving', 1)).length > 0))
      continue;
    const hasMore =
      Math.max(leaving.length, adding.length) > most ||
      (action === 'remove' && addsToo && (await waiting('adding', 1)).length > 0);
    const total = sync.total ?? (await countWaiting(tx, audience.id)).leaving;
    const open = { sequence: sync.sequence + 1, openAction: action, openIsLast: !hasMore, total } as const;
    run.sync = { ...sync, ...open };
    await putIntoBatch(tx, audience.id, open.sequence, placesOf(members));
    await saveSync(tx, run.sync);
    const taken = await describe(tx, run, members, wholeRows);
    if (taken) return taken;
    // What all of them are known by is known of others who stay: there is nothing to be said.
    const removed = sync.removed + (await forgetBatch(tx, audience.id, open.sequence));
    await confirmErasures(tx, audience.id);
    run.sync = { ...sync, total, removed };
    await saveSync(tx, run.sync);
  }
}

function placesOf(members: readonly AudienceMember[]): string[] {
  return members.map(({ place }) => place);
}

/** Lets those of a batch go who may not be sent any more. @returns the others. */
async function withoutRefusing(
  tx: WorkspaceTransaction,
  { audience }: RunInHand,
  members: readonly AudienceMember[],
): Promise<AudienceMember[]> {
  if (audience.kind === 'companies' || members.length === 0) return [...members];
  const eligible = await stillEligible(
    tx,
    members.map(({ ordinal }) => ordinal!),
  );
  const refused = await refusedBy(tx, audience);
  const mayGo = ({ ordinal, values }: AudienceMember): boolean =>
    eligible.has(ordinal!) &&
    !(refused.size > 0 && isRefused(JSON.parse(values) as ToldValues, audience, refused));
  await letMembersGo(tx, audience.id, placesOf(members.filter((member) => !mayGo(member))));
  return members.filter(mayGo);
}

async function describe(
  tx: WorkspaceTransaction,
  { sync, audience }: RunInHand,
  members: readonly AudienceMember[],
  wholeRows: boolean,
): Promise<Taken | undefined> {
  const values = members.map((member) => JSON.parse(member.values) as ToldValues);
  const trims = sync.openAction === 'remove' && !wholeRows;
  const said = trims ? await removalsOf(tx, audience, values) : values;
  const sent = members.flatMap(({ place }, index) => (said[index] ? [{ place, values: said[index] }] : []));
  if (sent.length === 0) return undefined;
  const { session, sequence, openIsLast, total, openAction } = sync;
  return {
    places: sent.map(({ place }) => place),
    batch: {
      session,
      sequence,
      isLast: openIsLast ?? false,
      total: total ?? sent.length,
      action: openAction!,
      members: sent.map((one) => one.values),
    },
  };
}

/** Writes down what has become of a batch. Of one that somebody else has written down, nothing. */
export async function settleBatch(
  tx: WorkspaceTransaction,
  syncId: string,
  { batch, places }: TakenBatch,
  { rejected, rejectedUnnamed }: BatchOutcome,
): Promise<void> {
  const { sync, audience } = await takeRun(tx, syncId);
  const { session, sequence, action } = batch;
  if (sync.session !== session || sync.sequence !== sequence || sync.openAction !== action) return;
  // After its last batch nothing more belongs to a session, whatever comes up.
  const phase = batch.isLast ? 'done' : sync.phase;
  const done = { ...sync, phase, openAction: null, openIsLast: null, attempts: 0, trouble: null };
  done.rejected += rejected.length + rejectedUnnamed;
  if (action === 'add') {
    const refused = rejected.flatMap(({ index, why }) =>
      places[index] ? [{ place: places[index], why }] : [],
    );
    if (refused.length > 0) await rejectMembers(tx, audience.id, refused);
    done.added += (await holdBatch(tx, audience.id, sequence)) - rejectedUnnamed;
  } else {
    done.removed += (await forgetBatch(tx, audience.id, sequence)) - rejected.length - rejectedUnnamed;
    await confirmErasures(tx, audience.id);
  }
  await saveSync(tx, done);
}
