import { print } from '@coterie/rules';
import type { MembershipExplanation } from './explain-membership.js';
import type { Count, NodeCounts } from './count-members.js';
import type { Overlap } from './overlap-segments.js';
import type { SegmentOverlapType } from './overlap.types.js';
import type { Preview } from './preview-segment.js';
import type { RuleChange } from './preview-rule-change.js';
import type { RuleChangePreviewType } from './rule-change.types.js';
import type { SegmentEntity, SegmentVersionEntity } from './segment.entity.js';
import type {
  CountType,
  MembershipExplanationType,
  SegmentPreviewType,
  SegmentType,
  SegmentVersionType,
} from './segment.types.js';

/** A segment as the API shows it. */
export function toSegment(row: SegmentEntity): SegmentType {
  const {
    workspaceId,
    id,
    kind,
    name,
    description,
    version,
    rule,
    createdBy,
    createdAt,
    updatedAt,
    archivedAt,
  } = row;
  return {
    workspaceId,
    id,
    kind: kind as SegmentType['kind'],
    name,
    description,
    version,
    rule,
    text: rule && print(rule),
    createdBy,
    createdAt,
    updatedAt,
    archivedAt,
  };
}

/** A version as the API shows it. */
export function toSegmentVersion(row: SegmentVersionEntity): SegmentVersionType {
  const { version, name, description, rule, createdBy, createdAt } = row;
  return { version, name, description, rule, text: rule && print(rule), createdBy, createdAt };
}

/** A count as the API shows it. */
export function toCount({ value, asOf, version, source, tookMs }: Count | NodeCounts): CountType {
  return { value, asOf, version, source: source as CountType['source'], tookMs };
}

/** A preview as the API shows it. */
export function toPreview(workspaceId: string, preview: Preview): SegmentPreviewType {
  const { counts, rule, text, sentence, sample } = preview;
  return { workspaceId, count: toCount(counts), nodes: counts.nodes, rule, text, sentence, members: sample };
}

/** An overlap as the API shows it. */
export function toOverlap({ source, segments, ...overlap }: Overlap): SegmentOverlapType {
  return {
    ...overlap,
    source: source as SegmentOverlapType['source'],
    segments: segments.map(({ segment, size }) => ({ segment: toSegment(segment), size })),
  };
}

/** A preview of a change as the API shows it. */
export function toRuleChange(
  workspaceId: string,
  { source, dependents, ...change }: RuleChange,
): RuleChangePreviewType {
  return {
    ...change,
    workspaceId,
    source: source as RuleChangePreviewType['source'],
    dependents: dependents.map(({ segment, ...rest }) => ({ ...rest, segment: toSegment(segment) })),
  };
}

/** An explanation as the API shows it. */
export function toExplanation(explanation: MembershipExplanation): MembershipExplanationType {
  // The union of GraphQL tells its members apart by `kind`, which no class of it declares.
  return explanation as unknown as MembershipExplanationType;
}
