import { fold } from '@coterie/rules';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../platform/clock.js';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { PageArgs, type Page } from '../../platform/graphql/pagination.js';
import { ContactConnection, ContactType, type contactLoaders } from '../contacts/index.js';
import type { Engine } from './engine/engine.js';
import type { Enqueue } from '../../platform/module.js';
import type { Quotas, UsageMeter } from '../../platform/usage.js';
import { WorkspaceType } from '../workspaces/index.js';
import { archiveSegment, unarchiveSegment } from './archive-segment.js';
import type { CountMembers } from './count-members.js';
import { checkRule } from './check-rule.js';
import { createSegment, type Editor } from './create-segment.js';
import { duplicateSegment } from './duplicate-segment.js';
import { explainMembership } from './explain-membership.js';
import { addToList, removeFromList } from './list-members.js';
import { listMeeting, listMembers } from './members.js';
import { materialiseSoon } from './membership/materialise-soon.js';
import { previewSegment } from './preview-segment.js';
import type { SegmentEntity } from './segment.entity.js';
import type { createSegmentLoaders } from './segment.loaders.js';
import { toCount, toExplanation, toPreview, toSegment, toSegmentVersion } from './segment.mapper.js';
import { listSegments, listVersions, requireSegment } from './segment.repository.js';
import {
  CountType,
  CreateSegmentInput,
  CreateStaticSegmentInput,
  DuplicateSegmentInput,
  ListChangeInput,
  ListChangeResultType,
  MembershipExplanationType,
  PreviewSegmentInput,
  RestoreSegmentVersionInput,
  SegmentConnection,
  SegmentIdInput,
  SegmentPreviewType,
  SegmentsArgs,
  SegmentType,
  SegmentUserType,
  SegmentVersionConnection,
  type SegmentVersionType,
  UpdateSegmentInput,
} from './segment.types.js';
import { RuleSourceInput } from './rule.types.js';
import { showContacts, showMembers } from './show-contacts.js';
import { restoreVersion, updateSegment } from './update-segment.js';

/** What the resolvers of segments work with. */
export interface SegmentResolverServices {
  meter: UsageMeter;
  quotas: Quotas;
  withWorkspace: WithWorkspace;
  enqueue: Enqueue;
  clock: Clock;
  engine: Engine;
  countMembers: CountMembers;
  segments: ReturnType<typeof createSegmentLoaders>;
  contacts: ReturnType<typeof contactLoaders>;
}

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** Segments of a workspace, and questions about them. */
@Resolver(() => WorkspaceType)
export class WorkspaceSegmentsResolver {
  constructor(private readonly services: SegmentResolverServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @FieldResolver(() => SegmentConnection, { description: 'Segments of the workspace.' })
  async segments(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => SegmentsArgs) { filter, sort, ...page }: SegmentsArgs,
  ): Promise<Page<SegmentType>> {
    const wanted = { kind: filter?.kind, archived: filter?.archived, folded: fold(filter?.search ?? '') };
    const order = { by: sort?.by ?? 'name', descending: sort?.descending ?? false } as const;
    return this.services.withWorkspace(workspace.id, async (tx) =>
      mapPage(await listSegments(tx, wanted, order, page), toSegment),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @FieldResolver(() => SegmentType, { description: 'One segment.' })
  async segment(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<SegmentType> {
    return this.services.withWorkspace(workspace.id, async (tx) => toSegment(await requireSegment(tx, id)));
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @FieldResolver(() => ContactConnection, {
    complexity: costs.preview,
    description:
      'The contacts that meet a rule, in the order in which they came into the workspace. The first page counts as a preview.',
  })
  async contactsWhere(
    @Ctx() context: WorkspaceContext,
    @Arg('rule', () => RuleSourceInput, { description: 'The rule.' }) rule: RuleSourceInput,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<ContactType>> {
    const { meter, quotas, clock, engine, withWorkspace } = this.services;
    const { id } = context.workspace;
    if (page.after == null) await quotas.require(id, 'previews');
    const checked = await withWorkspace(id, (tx) => checkRule(tx, rule, { path: 'rule' }));
    const found = await engine.inLongTurn(id, (turn) => listMeeting(turn, checked, page, clock.now()), {
      signal: context.signal,
    });
    if (page.after == null) meter.count(id, 'previews');
    return showMembers(this.services.contacts, context, id, found);
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @Query(() => SegmentPreviewType, {
    complexity: costs.preview,
    description:
      'Counts a rule and each of its nodes at one version of the workspace, without storing anything.',
  })
  async previewSegment(
    @Ctx() { workspace, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => PreviewSegmentInput, { description: 'The rule to try.' }) input: PreviewSegmentInput,
  ): Promise<SegmentPreviewType> {
    const { meter, quotas } = this.services;
    await quotas.require(workspace.id, 'previews');
    const preview = await previewSegment(this.services, workspace.id, input, signal);
    meter.count(workspace.id, 'previews');
    return toPreview(workspace.id, preview);
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @Query(() => MembershipExplanationType, {
    complexity: costs.explanation,
    description:
      'Tells why a contact is a member of a segment, or is not: each condition, and on which evidence.',
  })
  async explainMembership(
    @Ctx() { workspace, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('segmentId', () => ID, { description: 'The segment.' }) segmentId: string,
    @Arg('contactId', () => ID, { description: 'The contact.' }) contactId: string,
  ): Promise<MembershipExplanationType> {
    const { withWorkspace, clock } = this.services;
    const explained = await withWorkspace(
      workspace.id,
      (tx) => explainMembership(tx, { segmentId, contactId }, clock.now()),
      { snapshot: true, signal },
    );
    return toExplanation(explained);
  }
}

/** Changes of segments. */
@Resolver()
export class SegmentMutationsResolver {
  constructor(private readonly services: SegmentResolverServices) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, { description: 'Creates a segment whose members meet a rule.' })
  createSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateSegmentInput, { description: 'The segment.' }) input: CreateSegmentInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, editor) => createSegment(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, { description: 'Creates a static segment: a list, empty at first.' })
  createStaticSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateStaticSegmentInput, { description: 'The list.' })
    input: CreateStaticSegmentInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, editor) => createSegment(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, { description: 'Renames or edits a segment, which makes a version of it.' })
  updateSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateSegmentInput, { description: 'The change.' }) input: UpdateSegmentInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, editor) => updateSegment(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, {
    description: 'Makes a segment again what it was at a version, which makes a new version.',
  })
  restoreSegmentVersion(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => RestoreSegmentVersionInput, { description: 'The version.' })
    input: RestoreSegmentVersionInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, editor) => restoreVersion(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, { description: 'Copies a segment; a list is copied with its members.' })
  duplicateSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => DuplicateSegmentInput, { description: 'The segment.' }) input: DuplicateSegmentInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, editor) => duplicateSegment(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, {
    description: 'Puts a segment aside. Refused with IN_USE, naming them, while others use it.',
  })
  archiveSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => SegmentIdInput, { description: 'The segment.' }) input: SegmentIdInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx, { now }) => archiveSegment(tx, input.id, now));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => SegmentType, { description: 'Takes an archived segment back into use.' })
  unarchiveSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => SegmentIdInput, { description: 'The segment.' }) input: SegmentIdInput,
  ): Promise<SegmentType> {
    return this.change(context, (tx) => unarchiveSegment(tx, input.id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => [ListChangeResultType], {
    description: 'Puts contacts on a static segment: a result for each, in the given order.',
  })
  addToStaticSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => ListChangeInput, { description: 'The contacts.' }) input: ListChangeInput,
  ): Promise<ListChangeResultType[]> {
    const { withWorkspace, clock } = this.services;
    return withWorkspace(context.workspace.id, (tx) =>
      addToList(tx, { ...input, segmentId: input.id }, clock.now()),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'segments:write' })
  @Mutation(() => [ListChangeResultType], {
    description: 'Takes contacts off a static segment: a result for each, in the given order.',
  })
  removeFromStaticSegment(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => ListChangeInput, { description: 'The contacts.' }) input: ListChangeInput,
  ): Promise<ListChangeResultType[]> {
    return this.services.withWorkspace(context.workspace.id, (tx) =>
      removeFromList(tx, { ...input, segmentId: input.id }),
    );
  }

  private change(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: Editor) => Promise<SegmentEntity>,
  ): Promise<SegmentType> {
    const { withWorkspace, enqueue, clock } = this.services;
    const editor = { actor: actorOf(context), now: clock.now() };
    return withWorkspace(context.workspace.id, async (tx) => {
      const segment = await work(tx, editor);
      await materialiseSoon(enqueue, tx);
      return toSegment(segment);
    });
  }
}

/** What is read of one segment. */
@Resolver(() => SegmentType)
export class SegmentResolver {
  constructor(private readonly services: SegmentResolverServices) {}

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Its rule as a sentence; null for a static segment.',
  })
  sentence(@Ctx() context: RequestContext, @Root() segment: SegmentType): Promise<string | null> {
    return this.services.segments(context, segment.workspaceId).sentence.load(toKey(segment));
  }

  @FieldResolver(() => CountType, { complexity: costs.count, description: 'How many members it has.' })
  async size(@Ctx() context: RequestContext, @Root() segment: SegmentType): Promise<CountType> {
    return toCount(await this.services.segments(context, segment.workspaceId).size.load(toKey(segment)));
  }

  @FieldResolver(() => [SegmentUserType], { description: 'What uses it.' })
  async usedBy(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: SegmentType,
  ): Promise<SegmentUserType[]> {
    const users = await this.services.segments(context, workspaceId).usedBy.load(id);
    return users as SegmentUserType[];
  }

  @FieldResolver(() => ContactConnection, {
    complexity: costs.count,
    description: 'Its members, in the order in which contacts came into the workspace.',
  })
  async members(
    @Ctx() context: RequestContext,
    @Root() segment: SegmentType,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Page<ContactType>> {
    const { engine, clock, contacts } = this.services;
    const { workspaceId } = segment;
    const page = await engine.inLongTurn(
      workspaceId,
      (turn) => listMembers(turn, toKey(segment), args, clock.now()),
      { signal: context.signal },
    );
    return showMembers(contacts, context, workspaceId, page);
  }

  @FieldResolver(() => SegmentVersionConnection, { description: 'Its versions, the newest first.' })
  async versions(
    @Root() { workspaceId, id }: SegmentType,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Page<SegmentVersionType>> {
    return this.services.withWorkspace(workspaceId, async (tx) =>
      mapPage(await listVersions(tx, id, args), toSegmentVersion),
    );
  }
}

/** Whom a preview shows. */
@Resolver(() => SegmentPreviewType)
export class SegmentPreviewResolver {
  constructor(private readonly services: SegmentResolverServices) {}

  @FieldResolver(() => [ContactType], { description: 'The first members by creation.' })
  async sample(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, members }: SegmentPreviewType,
  ): Promise<ContactType[]> {
    return showContacts(this.services.contacts, context, workspaceId, members);
  }
}

/** The segments of one contact. */
@Resolver(() => ContactType)
export class ContactSegmentsResolver {
  constructor(private readonly services: SegmentResolverServices) {}

  @FieldResolver(() => [SegmentType], {
    complexity: costs.count,
    description:
      'The active segments that it is a member of, by name. One whose rule cannot be answered any more is left out; its `size` tells why.',
  })
  async segments(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: ContactType,
  ): Promise<SegmentType[]> {
    return (await this.services.segments(context, workspaceId).segmentsOf.load(id)).map(toSegment);
  }
}

function toKey({ id, rule }: SegmentType): Pick<SegmentEntity, 'id' | 'rule'> {
  return { id, rule: rule as SegmentEntity['rule'] };
}

function mapPage<Row, Node>(page: Page<Row>, map: (row: Row) => Node): Page<Node> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: map(node) })) };
}
