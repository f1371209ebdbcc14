import { writeCursor } from '../../../platform/graphql/pagination.js';
import type { Heard } from './follow-membership.js';
import type { Standing, Transition } from './membership.js';
import type {
  SegmentCountChangeType,
  SegmentMembershipChangeType,
  SegmentMembershipType,
  SegmentTransitionType,
} from './membership.types.js';

/** A membership as the API shows it. */
export function toMembership({ size, asOf, version, sequence, error }: Standing): SegmentMembershipType {
  return { size, asOf, version, error, cursor: writeCursor([sequence]) };
}

/** A size that has changed as the API shows it. */
export function toCountChange(standing: Standing): SegmentCountChangeType {
  return { ...toMembership(standing), segmentId: standing.segmentId };
}

/** A transition as the API shows it. */
export function toTransition(workspaceId: string, transition: Transition): SegmentTransitionType {
  const { ordinal, contactId, entered, byDefinition, at, version } = transition;
  return {
    workspaceId,
    ordinal,
    contactId,
    kind: (entered ? 'ENTERED' : 'EXITED') as SegmentTransitionType['kind'],
    cause: (byDefinition ? 'DEFINITION' : 'DATA') as SegmentTransitionType['cause'],
    at,
    version,
  };
}

/** What has happened in a segment as the API shows it. */
export function toMembershipChange(
  workspaceId: string,
  segmentId: string,
  { transitions, sequence }: Heard,
): SegmentMembershipChangeType {
  return {
    segmentId,
    transitions: transitions.map((transition) => toTransition(workspaceId, transition)),
    cursor: writeCursor([sequence]),
  };
}
