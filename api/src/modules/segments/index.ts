import type { CreateModule } from '../../platform/module.js';
import { contactLoaders } from '../contacts/index.js';
import { RuleChangePreviewResolver, SegmentComparisonResolver } from './comparison.resolver.js';
import { createCountMembers } from './count-members.js';
import { createEngine } from './engine/engine.js';
import { SegmentEntity, SegmentVersionEntity } from './segment.entity.js';
import { createSegmentLoaders } from './segment.loaders.js';
import {
  ContactSegmentsResolver,
  SegmentMutationsResolver,
  SegmentPreviewResolver,
  SegmentResolver,
  WorkspaceSegmentsResolver,
} from './segment.resolver.js';

export { followKeysInSegments } from './follow-keys.js';
export { withinSpan } from './engine/leaves/comparison.sql.js';
export { matchesPattern } from './engine/leaves/event.sql.js';
export type { LeafScope } from './engine/leaves/leaf.js';
export { Parameters, type Statement } from './engine/sql.js';
export { membersOf, requireActiveSegment } from './members.js';
export type { SegmentEntity } from './segment.entity.js';
export { createSegmentById, membershipsOf } from './segment.loaders.js';
export { toSegment } from './segment.mapper.js';
export { checkName } from './segment-names.js';
export { findSegment, requireSegment } from './segment.repository.js';
export { CountType, SegmentType } from './segment.types.js';

/** Segments: by rule and static, with their versions, counts, members and explanations. */
export const createSegmentsModule: CreateModule = (services) => {
  const { withWorkspace, cache, clock, log, meter, quotas, settings } = services;
  const shared = settings.redisUrl ? cache : undefined;
  const engine = createEngine({ withWorkspace, shared }, { mostBytes: settings.setCacheBytes });
  const countMembers = createCountMembers({ engine, cache, meter });
  const shown = {
    meter,
    quotas,
    withWorkspace,
    clock,
    engine,
    countMembers,
    segments: createSegmentLoaders({ withWorkspace, clock, countMembers, log }),
    contacts: contactLoaders(withWorkspace),
  };
  return {
    entities: [SegmentEntity, SegmentVersionEntity],
    resolvers: [
      new WorkspaceSegmentsResolver(shown),
      new SegmentMutationsResolver(shown),
      new SegmentComparisonResolver(shown),
      new RuleChangePreviewResolver(shown),
      new SegmentResolver(shown),
      new SegmentPreviewResolver(shown),
      new ContactSegmentsResolver(shown),
    ],
  };
};
