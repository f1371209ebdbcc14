import { platforms } from '@coterie/ad-formats';
import type { WorkspaceContext } from '../../platform/context.js';
import { chooseIdentifiers, type AdIdentifier, type PlanFile } from '../ad-files/index.js';
import { isArchived } from './edit-seed-lists.js';
import { requireSeedList, sizesOf } from './seed-list.repository.js';
import { seedSource } from './seed-member.repository.js';

/** Which file is asked for. */
export interface WantedSeedFile {
  id: string;
  /** Not checked yet; the default for null. */
  identifiers: readonly string[] | null;
  /** Where the id, and the identifiers, stand in the input. */
  paths: { id: string; identifiers: string };
}

/**
 * The file of a seed list for Meta, the one platform that takes them. It has a column of values when any contact has
 * one: without any, the column would be an empty promise. @param use an archived list is not downloaded any more.
 */
export function planSeedFile(
  { workspace, signal }: WorkspaceContext,
  { id, identifiers, paths }: WantedSeedFile,
  use: 'report' | 'download',
): PlanFile {
  return async (tx) => {
    const list = await requireSeedList(tx, id, paths.id);
    if (use === 'download' && list.archivedAt) throw isArchived(paths.id);
    const size = (await sizesOf(tx, [list.id])).get(list.id);
    const kind = size?.withValue ? 'seed' : 'contacts';
    const wanted = identifiers as readonly AdIdentifier[] | null;
    return {
      platform: 'meta',
      kind,
      identifiers: chooseIdentifiers(platforms.meta, kind, wanted, paths.identifiers),
      source: seedSource(list.id),
      timeZone: workspace.timeZone,
      signal,
      name: list.name,
    };
  };
}
