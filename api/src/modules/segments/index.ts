import type { CreateModule, Services } from '../../platform/module.js';
import { contactLoaders } from '../contacts/index.js';
import { RuleChangePreviewResolver, SegmentComparisonResolver } from './comparison.resolver.js';
import { createCountMembers } from './count-members.js';
import { createEngine, type Engine } from './engine/engine.js';
import {
  createExpireSegmentHistoryTask,
  expireSegmentHistoryTask,
} from './membership/expire-segment-history.job.js';
import {
  createMaterialiseTask,
  createResumeMaterialisingTask,
  resumeMaterialisingTask,
} from './membership/materialise.job.js';
import { materialiseTask } from './membership/materialise-soon.js';
import { createStandingLoader } from './membership/membership.loader.js';
import {
  createSegmentChangesResolver,
  SegmentMembershipResolver,
  SegmentMoveResolver,
  SegmentMovesResolver,
  SegmentTransitionResolver,
} from './membership/membership.resolver.js';
import { PresentMemberships } from './membership/present-memberships.js';
import { SegmentWatch } from './membership/segment-watch.js';
import { createRefreshPostingsTask, refreshPostingsTask } from './postings/refresh-postings.job.js';
import { SegmentEntity, SegmentVersionEntity } from './segment.entity.js';
import { createSegmentById, createSegmentLoaders } from './segment.loaders.js';
import {
  ContactSegmentsResolver,
  SegmentMutationsResolver,
  SegmentPreviewResolver,
  SegmentResolver,
  WorkspaceSegmentsResolver,
} from './segment.resolver.js';

export { followKeysInSegments } from './follow-keys.js';
export { withinSpan } from './engine/leaves/comparison.sql.js';
export type { Engine } from './engine/engine.js';
export { matchesPattern } from './engine/leaves/event.sql.js';
export type { LeafScope } from './engine/leaves/leaf.js';
export { Parameters, type Statement } from './engine/sql.js';
export { hasMemberAmong, membersNow, membersOf, requireActiveSegment } from './members.js';
export { standingOf } from './membership/follow-membership.js';
export { changeListMembers } from './list-members.js';
export { beginAfter, readAfter } from './membership/follow-membership.js';
export type { Transition } from './membership/membership.js';
export { forgetPostings } from './postings/write-postings.js';
export { forgetMembers } from './membership/forget-members.js';
export type { SegmentEntity } from './segment.entity.js';
export { archiveSegment } from './archive-segment.js';
export { createSegment } from './create-segment.js';
export { updateSegment } from './update-segment.js';
export { materialiseSoon } from './membership/materialise-soon.js';
export { createSegmentById, membershipsOf } from './segment.loaders.js';
export { toSegment } from './segment.mapper.js';
export { checkName } from './segment-names.js';
export { findSegment, requireSegment } from './segment.repository.js';
export { CountType, SegmentType } from './segment.types.js';

const engines = new WeakMap<Services, Engine>();

/** The engine of this process, which whoever asks about members has in common, with the sets that it keeps. */
export function engineOf(services: Services): Engine {
  const known = engines.get(services);
  if (known) return known;
  const { withWorkspace, cache, settings, metrics } = services;
  const shared = settings.redisUrl ? cache : undefined;
  const engine = createEngine({ withWorkspace, shared }, { mostBytes: settings.setCacheBytes });
  metrics.watchKept(engine.leaves);
  engines.set(services, engine);
  return engine;
}

/** Segments: by rule and static, with their versions, counts, members and explanations. */
export const createSegmentsModule: CreateModule = (services) => {
  const { withWorkspace, cache, clock, log, meter, quotas, settings, enqueue } = services;
  const engine = engineOf(services);
  const countMembers = createCountMembers({ engine, cache, meter });
  const contacts = contactLoaders(withWorkspace);
  const shown = {
    meter,
    quotas,
    withWorkspace,
    enqueue,
    clock,
    engine,
    countMembers,
    segments: createSegmentLoaders({ withWorkspace, engine, clock, countMembers, log }),
    contacts,
  };
  const memberships = new PresentMemberships(settings.setCacheBytes / 4);
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
      new SegmentMembershipResolver({ withWorkspace, standings: createStandingLoader(withWorkspace) }),
      new SegmentTransitionResolver(contacts),
      new SegmentMovesResolver(withWorkspace),
      new SegmentMoveResolver(createSegmentById(withWorkspace)),
      createSegmentChangesResolver({ withWorkspace, watch: new SegmentWatch(services) }),
    ],
    tasks: {
      [resumeMaterialisingTask]: createResumeMaterialisingTask(services),
      [expireSegmentHistoryTask]: createExpireSegmentHistoryTask(services),
    },
    longTasks: {
      [refreshPostingsTask]: createRefreshPostingsTask(services),
      [materialiseTask]: createMaterialiseTask({ withWorkspace, engine, memberships, clock, enqueue }),
    },
  };
};
