import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../platform/clock.js';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import type { Quotas, UsageMeter } from '../../platform/usage.js';
import { ContactType, type contactLoaders } from '../contacts/index.js';
import type { Engine } from './engine/engine.js';
import { overlapLimits, overlapSegments } from './overlap-segments.js';
import { SegmentOverlapType } from './overlap.types.js';
import { previewRuleChange } from './preview-rule-change.js';
import { PreviewRuleChangeInput, RuleChangePreviewType } from './rule-change.types.js';
import { toOverlap, toRuleChange } from './segment.mapper.js';
import { showContacts } from './show-contacts.js';

/** What the resolver of comparisons works with. */
export interface ComparisonServices {
  engine: Engine;
  clock: Clock;
  meter: UsageMeter;
  quotas: Quotas;
  contacts: ReturnType<typeof contactLoaders>;
}

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** What segments are beside each other, and beside what they could become. */
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

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @Query(() => RuleChangePreviewType, {
    complexity: costs.ruleChange,
    description:
      'Tells who would enter and leave a segment with another rule, and the segments that depend on it, without storing anything. It counts as a preview.',
  })
  async previewRuleChange(
    @Ctx() { workspace, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => PreviewRuleChangeInput, { description: 'The segment and its new rule.' })
    input: PreviewRuleChangeInput,
  ): Promise<RuleChangePreviewType> {
    const { meter, quotas } = this.services;
    await quotas.require(workspace.id, 'previews');
    const told = await previewRuleChange(this.services, workspace.id, input, signal);
    meter.count(workspace.id, 'previews');
    return toRuleChange(workspace.id, told);
  }
}

/** Whom a preview of a change shows. */
@Resolver(() => RuleChangePreviewType)
export class RuleChangePreviewResolver {
  constructor(private readonly services: Pick<ComparisonServices, 'contacts'>) {}

  @FieldResolver(() => [ContactType], { description: 'The first who would become members, by creation.' })
  entering(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, samples }: RuleChangePreviewType,
  ): Promise<ContactType[]> {
    return showContacts(this.services.contacts, context, workspaceId, samples.entered);
  }

  @FieldResolver(() => [ContactType], {
    description: 'The first who would not be members any more, by creation.',
  })
  leaving(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, samples }: RuleChangePreviewType,
  ): Promise<ContactType[]> {
    return showContacts(this.services.contacts, context, workspaceId, samples.left);
  }
}
