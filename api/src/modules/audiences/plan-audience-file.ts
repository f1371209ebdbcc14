import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import type { PlanFile } from '../ad-files/index.js';
import { membersOf, requireSegment } from '../segments/index.js';
import { checkDefinition, type AudienceDefinition, type WantedAudience } from './audience-definition.js';
import { requireAudience } from './audience.repository.js';
import { isArchived } from './edit-audiences.js';

type FileOrder = Awaited<ReturnType<PlanFile>>;

/** The file of a stored audience. @param use an archived one is not downloaded any more. */
export function planStored(
  context: WorkspaceContext,
  { id, path }: { id: string; path: string },
  use: 'report' | 'download',
): PlanFile {
  return async (tx, now) => {
    const audience = await requireAudience(tx, id, path);
    if (use === 'download' && audience.archivedAt) throw isArchived(path);
    return { ...(await order(tx, context, audience, now)), name: audience.name };
  };
}

/** The file that an audience would have that nobody has created yet. */
export function planWanted(context: WorkspaceContext, wanted: WantedAudience, path: string): PlanFile {
  return async (tx, now) => {
    const definition = checkDefinition(wanted, path);
    const segment = await requireSegment(tx, wanted.segmentId, `${path}.segmentId`);
    if (segment.archivedAt) {
      throw new Failure('CONFLICT', 'The segment is archived.', { path: `${path}.segmentId` });
    }
    return order(tx, context, definition, now);
  };
}

async function order(
  tx: WorkspaceTransaction,
  { workspace, signal }: WorkspaceContext,
  { platform, kind, segmentId, identifiers }: AudienceDefinition,
  now: Date,
): Promise<FileOrder> {
  const source = await membersOf(tx, segmentId, now);
  return { platform, kind, identifiers, source, timeZone: workspace.timeZone, signal };
}
