import { noContact, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { definitionFor, steadyCatalog } from '../attributes/index.js';
import { checkName, membersOf, requireActiveSegment } from '../segments/index.js';
import { insertSeedList, requireSeedList, updateSeedList, type SeedList } from './seed-list.repository.js';
import { takeMembers, type Taken } from './seed-member.repository.js';

/** Who changes a seed list, and when. */
export interface Editor {
  actor: string;
  now: Date;
}

/** What a new seed list is made from: a segment as it is now, or nothing yet. */
export interface NewSeedList {
  name: string;
  segmentId?: string | null;
  valueAttribute?: string | null;
}

/** A new seed list, and what became of the contacts that were taken onto it. */
export interface CreatedSeedList extends Taken {
  seedList: SeedList;
}

/**
 * Creates a seed list. Consent is not looked at yet: it is when the list is used.
 * Throws NOT_FOUND or CONFLICT for the segment, INVALID_INPUT for an attribute that holds no numbers.
 */
export async function createSeedList(
  tx: WorkspaceTransaction,
  input: NewSeedList,
  { actor, now }: Editor,
): Promise<CreatedSeedList> {
  const seedList: SeedList = {
    id: newId(),
    name: checkName(input.name, 'input.name'),
    segmentId: input.segmentId == null ? null : (await requireActiveSegment(tx, input.segmentId)).id,
    valueAttribute: await checkAttribute(tx, input.valueAttribute ?? null),
    createdBy: actor,
    createdAt: now,
    archivedAt: null,
  };
  await insertSeedList(tx, seedList);
  noteChange(tx, seedList.id);
  const { segmentId } = seedList;
  const taken = segmentId
    ? await takeMembers(tx, seedList, (before) => membersOf(tx, segmentId, now, { before }))
    : { members: 0, withValue: 0, withoutValue: 0, negativeValues: 0 };
  return { seedList, ...taken };
}

async function checkAttribute(tx: WorkspaceTransaction, key: string | null): Promise<string | null> {
  if (key === null) return null;
  const definition = definitionFor(await steadyCatalog(tx), 'contact', key);
  const fault =
    !definition || definition.archivedAt
      ? `There is no contact attribute "${key}".`
      : definition.type === 'number'
        ? undefined
        : `The attribute "${key}" holds no numbers.`;
  if (fault) throw new Failure('INVALID_INPUT', fault, { path: 'input.valueAttribute' });
  return definition!.key;
}

/** Gives a seed list another name. */
export async function renameSeedList(
  tx: WorkspaceTransaction,
  { id, name }: { id: string; name: string },
): Promise<SeedList> {
  const list = await requireActiveList(tx, id);
  return store(tx, { ...list, name: checkName(name, 'input.name') });
}

/** Puts a seed list aside. Once more changes nothing. */
export async function archiveSeedList(
  tx: WorkspaceTransaction,
  id: string,
  { now }: Editor,
): Promise<SeedList> {
  const list = await requireSeedList(tx, id, 'input.id', 'for no key update');
  return list.archivedAt ? list : store(tx, { ...list, archivedAt: now });
}

/** Takes a seed list back into use. Throws CONFLICT while the segment that it was taken from is archived. */
export async function unarchiveSeedList(tx: WorkspaceTransaction, id: string): Promise<SeedList> {
  const list = await requireSeedList(tx, id, 'input.id', 'for no key update');
  if (!list.archivedAt) return list;
  if (list.segmentId) await requireActiveSegment(tx, list.segmentId, 'input.id');
  return store(tx, { ...list, archivedAt: null });
}

async function store(tx: WorkspaceTransaction, list: SeedList): Promise<SeedList> {
  await updateSeedList(tx, list);
  return list;
}

/** A seed list that is about to be changed; throws CONFLICT when it is archived. */
export async function requireActiveList(tx: WorkspaceTransaction, id: string): Promise<SeedList> {
  const list = await requireSeedList(tx, id, 'input.id', 'for no key update');
  if (list.archivedAt) throw isArchived('input.id');
  return list;
}

/** The failure of what cannot be done with an archived seed list. */
export function isArchived(path: string): Failure {
  return new Failure('CONFLICT', 'The seed list is archived.', { path });
}

/** Writes to the change feed that a seed list holds others now. No rule depends on it, so no contact is named. */
export function noteChange(tx: WorkspaceTransaction, id: string): void {
  tx.changed(noContact, `seed_list:${id}`);
}
