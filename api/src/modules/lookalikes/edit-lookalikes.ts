import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { Enqueue } from '../../platform/module.js';
import { checkName, requireActiveSegment } from '../segments/index.js';
import { isArchived, type Editor } from './edit-seed-lists.js';
import { nextTraining, type Lookalike, type TrainingSchedule } from './lookalike.js';
import { requireLookalike, saveLookalike, segmentsNaming } from './lookalike.repository.js';
import { requireSeedList } from './seed-list.repository.js';
import { trainSoon } from './training/train-soon.js';

/** What changing lookalikes takes. */
export interface Editing {
  tx: WorkspaceTransaction;
  enqueue: Enqueue;
  editor: Editor;
}

/** What a new lookalike is made from. */
export interface NewLookalike {
  name: string;
  seedListId: string;
  excludedSegmentId?: string | null;
  weighted: boolean;
  leftOut: readonly string[];
  schedule: TrainingSchedule;
}

/** Makes a lookalike, which is then grown. Throws NOT_FOUND or CONFLICT for the seed list and the segment. */
export async function createLookalike(
  { tx, enqueue, editor }: Editing,
  input: NewLookalike,
): Promise<Lookalike> {
  const list = await requireSeedList(tx, input.seedListId, 'input.seedListId');
  if (list.archivedAt) throw isArchived('input.seedListId');
  const excluded = input.excludedSegmentId
    ? await requireActiveSegment(tx, input.excludedSegmentId, 'input.excludedSegmentId')
    : null;
  const lookalike: Lookalike = {
    id: newId(),
    name: checkName(input.name, 'input.name'),
    seedListId: list.id,
    excludedSegmentId: excluded?.id ?? null,
    weighted: input.weighted,
    leftOut: [...new Set(input.leftOut)],
    schedule: input.schedule,
    status: 'queued',
    progress: 0,
    training: 1,
    trouble: null,
    poolSize: null,
    seedSize: null,
    report: null,
    trainedAt: null,
    nextTrainingAt: null,
    createdBy: editor.actor,
    createdAt: editor.now,
    archivedAt: null,
  };
  await saveLookalike(tx, lookalike);
  await trainSoon(enqueue, tx, lookalike.id);
  return lookalike;
}

/** A change of a lookalike; what is absent stays as it is. */
export interface LookalikeChange {
  id: string;
  name?: string | null;
  leftOut?: readonly string[] | null;
  weighted?: boolean | null;
  schedule?: TrainingSchedule | null;
}

/** Changes a lookalike. What it is grown from takes effect when it is grown the next time. */
export async function changeLookalike({ tx, editor }: Editing, change: LookalikeChange): Promise<Lookalike> {
  const known = await requireActive(tx, change.id);
  const schedule = change.schedule ?? known.schedule;
  const changed: Lookalike = {
    ...known,
    name: change.name == null ? known.name : checkName(change.name, 'input.name'),
    leftOut: change.leftOut ? [...new Set(change.leftOut)] : known.leftOut,
    weighted: change.weighted ?? known.weighted,
    schedule,
    nextTrainingAt: nextTraining(schedule, known.trainedAt ?? editor.now),
  };
  await saveLookalike(tx, changed);
  return changed;
}

/** Has a lookalike grown anew, from the seed list as it is now. While it is being grown, that goes on. */
export async function growAnew({ tx, enqueue }: Editing, id: string): Promise<Lookalike> {
  const known = await requireActive(tx, id);
  if (known.status === 'queued' || known.status === 'training') return known;
  const queued: Lookalike = {
    ...known,
    status: 'queued',
    progress: 0,
    training: known.training + 1,
    trouble: null,
  };
  await saveLookalike(tx, queued);
  await trainSoon(enqueue, tx, id);
  return queued;
}

/** Ends growing that is under way; the ranking of the time before stays. Throws CONFLICT when none is. */
export async function cancelGrowing({ tx }: Editing, id: string): Promise<Lookalike> {
  const known = await requireActive(tx, id);
  if (known.status !== 'queued' && known.status !== 'training')
    throw new Failure('CONFLICT', 'It is not being grown.', { path: 'input.id' });
  const cancelled: Lookalike = { ...known, status: 'cancelled', nextTrainingAt: null };
  await saveLookalike(tx, cancelled);
  return cancelled;
}

/** Puts a lookalike aside. Throws IN_USE naming the segments whose rules ask for it. Once more changes nothing. */
export async function archiveLookalike({ tx, editor }: Editing, id: string): Promise<Lookalike> {
  const known = await requireLookalike(tx, id, 'input.id', 'for no key update');
  if (known.archivedAt) return known;
  const users = await segmentsNaming(tx, known.id);
  if (users.length > 0)
    throw new Failure('IN_USE', `It is used by ${users.map((name) => `the segment "${name}"`).join(', ')}.`, {
      path: 'input.id',
    });
  const archived: Lookalike = { ...known, archivedAt: editor.now, nextTrainingAt: null };
  await saveLookalike(tx, archived);
  return archived;
}

async function requireActive(tx: WorkspaceTransaction, id: string): Promise<Lookalike> {
  const known = await requireLookalike(tx, id, 'input.id', 'for no key update');
  if (!known.archivedAt) return known;
  throw new Failure('CONFLICT', 'The lookalike is archived.', { path: 'input.id' });
}
