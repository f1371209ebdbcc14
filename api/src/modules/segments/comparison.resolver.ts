import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Clock } from '../../platform/clock.js';
import type { WorkspaceContext } from '../../platform/context.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import type { Quotas, UsageMeter } from '../../platform/usage.js';
import type { Engine } from './engine/engine.js';
import { overlapLimits, overlapSegments } from './overlap-segments.js';
import { SegmentOverlapType } from './overlap.types.js';
import { toOverlap } from './segment.mapper.js';

/** What the resolver of comparisons works with. */
export interface ComparisonServices {
  engine: Engine;
  clock: Clock;
  meter: UsageMeter;
  quotas: Quotas;
}

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** What one segment is beside another. */
@Resolver()
export class SegmentComparisonResolver {
  constructor(private readonly services: ComparisonServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @Query(() => SegmentOverlapType, {
    complexity: ({ args }) => costs.overlap * Math.min(args['ids'].length, overlapLimits.most),
    description:
      'Tells how much segments have in common: every two of them, and of two or three each part of their Venn diagram. Each of them counts as a preview.',
  })
  async segmentOverlap(
    @Ctx() { workspace, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('ids', () => [ID], { description: 'Active segments, from 2 to 20 of them.' }) ids: string[],
  ): Promise<SegmentOverlapType> {
    const { meter, quotas } = this.services;
    await quotas.require(workspace.id, 'previews');
    const overlap = await overlapSegments(this.services, workspace.id, ids, signal);
    meter.count(workspace.id, 'previews', ids.length);
    return toOverlap(overlap);
  }
}
