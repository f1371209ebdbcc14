import type { CustomAudience } from './audience.repository.js';
import type { CustomAudienceType } from './audience.types.js';

/** An audience as GraphQL shows it. */
export function toAudience(workspaceId: string, audience: CustomAudience): CustomAudienceType {
  const { id, name, platform, kind, segmentId, identifiers } = audience;
  const { createdBy, createdAt, updatedAt, archivedAt } = audience;
  return {
    workspaceId,
    id,
    name,
    platform,
    kind,
    segmentId,
    identifiers,
    fileUrl: `/v1/audiences/${id}/file.csv?workspaceId=${workspaceId}`,
    createdBy,
    createdAt,
    updatedAt,
    archivedAt,
  };
}
