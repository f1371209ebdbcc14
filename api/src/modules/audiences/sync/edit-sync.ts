import { platforms } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../../platform/errors.js';
import type { Enqueue } from '../../../platform/module.js';
import { isId } from '../../../platform/ids.js';
import { requireAudience, type CustomAudience } from '../audience.repository.js';
import { isArchived, type Editor } from '../edit-audiences.js';
import { workspaceFacts } from '../../contacts/index.js';
import { findDestination } from '../../destinations/index.js';
import type { AudienceSync } from './audience-sync.js';
import { beginSync } from './begin-sync.js';
import { dueAfter, type Delivery, type SyncSchedule } from './delivery.js';
import { lockDelivery, saveDelivery } from './delivery.repository.js';
import { followSoon } from './follow-audiences-soon.js';
import { heldCounts, letAllGo } from './member.repository.js';
import { failRun } from './run-sync.js';
import { takeRun } from './run-guard.js';
import { findSync, openSyncOf } from './sync.repository.js';

/** What changing where audiences go takes. */
export interface SyncEditing {
  tx: WorkspaceTransaction;
  enqueue: Enqueue;
  editor: Editor;
}

/** Where an audience is to go, and when. */
export interface WantedDelivery {
  id: string;
  /** Null: nowhere, it is for downloads. */
  destinationId?: string | null;
  schedule?: SyncSchedule | null;
  dailyHour?: number | null;
}

/**
 * Sets where an audience goes and when. Throws CONFLICT while another destination still has members of it: those could not
 * be removed any more.
 */
export async function setDelivery(
  { tx, enqueue, editor }: SyncEditing,
  wanted: WantedDelivery,
): Promise<CustomAudience> {
  const audience = await requireActive(tx, wanted.id);
  const former = await lockDelivery(tx, audience.id);
  const destinationId = wanted.destinationId === undefined ? former.destinationId : wanted.destinationId;
  if (destinationId && destinationId !== former.destinationId)
    await checkDestination(tx, audience, destinationId);
  const leaves = former.destinationId !== null && former.destinationId !== destinationId;
  if (leaves) await refuseWhileHeld(tx, audience.id);
  const schedule = destinationId ? (wanted.schedule ?? former.schedule) : 'manual';
  const dailyHour = schedule === 'daily' ? checkHour(wanted.dailyHour ?? former.dailyHour) : null;
  const changed: Delivery = {
    ...former,
    destinationId,
    schedule,
    dailyHour,
    ...(leaves && { remoteId: null, remoteReadyAt: null, plannedVersion: null, plannedSequence: null }),
  };
  await saveDelivery(tx, { ...changed, nextSyncAt: await nextOf(tx, changed, editor.now) });
  if (destinationId) await followSoon(enqueue, tx);
  return audience;
}

/** One that goes by the hour begins at once; one that goes by the day, at its hour. */
async function nextOf(tx: WorkspaceTransaction, delivery: Delivery, now: Date): Promise<Date | null> {
  if (delivery.schedule === 'hourly') return now;
  return dueAfter(delivery, now, (await workspaceFacts(tx)).timeZone);
}

function checkHour(hour: number | null): number {
  if (hour !== null && Number.isInteger(hour) && hour >= 0 && hour <= 23) return hour;
  throw new Failure('INVALID_INPUT', 'Say the hour of the day, from 0 to 23.', { path: 'input.dailyHour' });
}

async function checkDestination(
  tx: WorkspaceTransaction,
  { platform }: CustomAudience,
  id: string,
): Promise<void> {
  const path = 'input.destinationId';
  const destination = await findDestination(tx, id, 'for key share');
  if (!destination) throw notFound('destination', path);
  const { label } = platforms[platform];
  if (destination.kind !== 'file' && destination.kind !== platform)
    throw new Failure('INVALID_INPUT', `This audience is for ${label}; the destination is another kind.`, {
      path,
    });
  if (destination.disabledAt)
    throw new Failure('CONFLICT', destination.disabledBecause ?? 'The destination is switched off.', {
      path,
    });
}

async function refuseWhileHeld(tx: WorkspaceTransaction, audienceId: string): Promise<void> {
  const held = (await heldCounts(tx, [audienceId])).get(audienceId) ?? 0;
  if (held === 0 && !(await openSyncOf(tx, audienceId))) return;
  const message = `The destination still has ${held.toLocaleString('en')} members of this audience: empty it first.`;
  throw new Failure('CONFLICT', message, { path: 'input.destinationId' });
}

async function requireActive(tx: WorkspaceTransaction, id: string): Promise<CustomAudience> {
  const audience = await requireAudience(tx, id, 'input.id');
  if (audience.archivedAt) throw isArchived('input.id');
  return audience;
}

async function requireDestination(
  tx: WorkspaceTransaction,
  id: string,
): Promise<Delivery & { destinationId: string }> {
  const delivery = await lockDelivery(tx, id);
  const { destinationId } = delivery;
  if (!destinationId)
    throw new Failure('CONFLICT', 'The custom audience has no destination.', { path: 'input.id' });
  return { ...delivery, destinationId };
}

/** Lets an audience rest: nothing is added until it goes on. Who withdraws is removed all the same. Once more changes nothing. */
export async function pauseAudience({ tx, editor }: SyncEditing, id: string): Promise<CustomAudience> {
  const audience = await requireActive(tx, id);
  const delivery = await requireDestination(tx, id);
  if (!delivery.pausedAt) await saveDelivery(tx, { ...delivery, pausedAt: editor.now });
  return audience;
}

/** Goes on with an audience that rests. */
export async function resumeAudience(
  { tx, enqueue, editor }: SyncEditing,
  id: string,
): Promise<CustomAudience> {
  const audience = await requireActive(tx, id);
  const delivery = await requireDestination(tx, id);
  if (!delivery.pausedAt) return audience;
  const nextSyncAt = await nextOf(tx, delivery, editor.now);
  await saveDelivery(tx, { ...delivery, pausedAt: null, nextSyncAt });
  await followSoon(enqueue, tx);
  return audience;
}

/** A run that was begun, with what it is about. */
export interface BegunSync {
  audience: CustomAudience;
  sync: AudienceSync;
}

/** Brings an audience up to date at its destination now. While a run is under way, that one is given. */
export async function syncNow({ tx, enqueue, editor }: SyncEditing, id: string): Promise<BegunSync> {
  const audience = await requireActive(tx, id);
  const { audienceId, destinationId } = await requireDestination(tx, id);
  const { actor: createdBy, now } = editor;
  await followSoon(enqueue, tx);
  const begun = { audienceId, destinationId, cause: 'manual', createdBy, now } as const;
  return { audience, sync: await beginSync(tx, enqueue, begun) };
}

/** Removes everybody of an audience from its destination, and lets it rest, so that nobody comes back by themselves. */
export async function emptyAudience({ tx, enqueue, editor }: SyncEditing, id: string): Promise<BegunSync> {
  const audience = await requireAudience(tx, id, 'input.id');
  const delivery = await requireDestination(tx, id);
  const { actor: createdBy, now } = editor;
  const open = await openSyncOf(tx, id);
  if (open) await failRun(tx, await takeRun(tx, open.id), 'The audience is being emptied.', now, 'cancelled');
  await saveDelivery(tx, { ...delivery, pausedAt: delivery.pausedAt ?? now, plannedVersion: null });
  await letAllGo(tx, id);
  const { audienceId, destinationId } = delivery;
  const begun = { audienceId, destinationId, cause: 'emptying', createdBy, now } as const;
  return { audience, sync: await beginSync(tx, enqueue, begun) };
}

/** Ends a run that is under way. Throws NOT_FOUND when there is none of the id, CONFLICT when it has ended. */
export async function cancelSync({ tx, editor }: SyncEditing, id: string): Promise<AudienceSync> {
  const sync = isId(id) ? await findSync(tx, id) : undefined;
  if (!sync) throw notFound('sync', 'input.id');
  if (sync.finishedAt) throw new Failure('CONFLICT', 'The sync has ended.', { path: 'input.id' });
  await failRun(tx, await takeRun(tx, id), 'Somebody cancelled it.', editor.now, 'cancelled');
  return (await findSync(tx, id))!;
}
