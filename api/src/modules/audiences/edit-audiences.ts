import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { AdIdentifier } from '../ad-files/index.js';
import { checkName, requireActiveSegment } from '../segments/index.js';
import { checkDefinition, type WantedAudience } from './audience-definition.js';
import { forgetPlan } from './sync/delivery.repository.js';
import {
  insertAudience,
  requireAudience,
  updateAudience,
  type CustomAudience,
} from './audience.repository.js';

/** Who changes an audience, and when. */
export interface Editor {
  actor: string;
  now: Date;
}

/**
 * Creates a custom audience. Its segment cannot be archived from now on.
 * Throws INVALID_INPUT for what the platform cannot use, NOT_FOUND or CONFLICT for the segment.
 */
export async function createAudience(
  tx: WorkspaceTransaction,
  input: WantedAudience & { name: string },
  { actor, now }: Editor,
): Promise<CustomAudience> {
  const name = checkName(input.name, 'input.name');
  const definition = checkDefinition(input, 'input');
  const segment = await requireActiveSegment(tx, input.segmentId);
  const audience = {
    ...definition,
    segmentId: segment.id,
    id: newId(),
    name,
    createdBy: actor,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  };
  await insertAudience(tx, audience);
  return audience;
}

/** A change of an audience; what is absent stays as it is. */
export interface AudienceChange {
  id: string;
  name?: string | null;
  segmentId?: string | null;
  identifiers?: readonly AdIdentifier[] | null;
}

/** Changes an audience. Its platform and kind stay: another platform's is another audience. */
export async function changeAudience(
  tx: WorkspaceTransaction,
  change: AudienceChange,
  { now }: Editor,
): Promise<CustomAudience> {
  const audience = await requireAudience(tx, change.id, 'input.id', 'for no key update');
  if (audience.archivedAt) throw isArchived('input.id');
  const name = change.name == null ? audience.name : checkName(change.name, 'input.name');
  const wanted = { ...audience, identifiers: change.identifiers ?? audience.identifiers };
  const { identifiers } = checkDefinition(wanted, 'input');
  const segmentId =
    change.segmentId == null ? audience.segmentId : (await requireActiveSegment(tx, change.segmentId)).id;
  const changed = { ...audience, name, segmentId, identifiers, updatedAt: now };
  await updateAudience(tx, changed);
  await forgetPlan(tx, audience.id);
  return changed;
}

/** Puts an audience aside; its segment may then be put aside too. Once more changes nothing. */
export async function archiveAudience(
  tx: WorkspaceTransaction,
  id: string,
  { now }: Editor,
): Promise<CustomAudience> {
  const audience = await requireAudience(tx, id, 'input.id', 'for no key update');
  if (audience.archivedAt) return audience;
  const archived = { ...audience, archivedAt: now };
  await updateAudience(tx, archived);
  return archived;
}

/** Takes an audience back into use. Throws CONFLICT while its segment is archived. */
export async function unarchiveAudience(tx: WorkspaceTransaction, id: string): Promise<CustomAudience> {
  const audience = await requireAudience(tx, id, 'input.id', 'for no key update');
  if (!audience.archivedAt) return audience;
  await requireActiveSegment(tx, audience.segmentId, 'input.id');
  const active = { ...audience, archivedAt: null };
  await updateAudience(tx, active);
  return active;
}

/** The failure of what cannot be done with an archived audience. */
export function isArchived(path: string): Failure {
  return new Failure('CONFLICT', 'The custom audience is archived.', { path });
}
