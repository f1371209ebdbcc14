import { fold } from '@coterie/rules';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { assessFile, FileReadinessType } from '../ad-files/index.js';
import { SegmentType, type createSegmentById } from '../segments/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import { toAudience } from './audience.mapper.js';
import { listAudiences, requireAudience, type CustomAudience } from './audience.repository.js';
import {
  AudienceReadinessInput,
  CreateCustomAudienceInput,
  CustomAudienceConnection,
  CustomAudienceIdInput,
  CustomAudiencesArgs,
  CustomAudienceType,
  UpdateCustomAudienceInput,
} from './audience.types.js';
import {
  archiveAudience,
  changeAudience,
  createAudience,
  unarchiveAudience,
  type Editor,
} from './edit-audiences.js';
import { planStored, planWanted } from './plan-audience-file.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** Custom audiences of a workspace, and questions about them. */
@Resolver(() => WorkspaceType)
export class WorkspaceAudiencesResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'clock'>) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => CustomAudienceConnection, {
    description: 'Custom audiences of the workspace, the newest first.',
  })
  async customAudiences(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => CustomAudiencesArgs) { filter, ...page }: CustomAudiencesArgs,
  ): Promise<Page<CustomAudienceType>> {
    const wanted = { ...filter, search: fold(filter?.search ?? '') };
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listAudiences(tx, wanted, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toAudience(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => CustomAudienceType, { description: 'One custom audience.' })
  async customAudience(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<CustomAudienceType> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toAudience(workspace.id, await requireAudience(tx, id, 'id')),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @Query(() => FileReadinessType, {
    complexity: costs.readiness,
    description:
      'Tells what the file of an audience would hold if it were written now, and whether the platform would take it.',
  })
  async audienceReadiness(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AudienceReadinessInput, { description: 'The audience.' })
    { id, definition }: AudienceReadinessInput,
  ): Promise<FileReadinessType> {
    const plan = definition
      ? planWanted(context, definition, 'input.definition')
      : planStored(context, { id: id ?? '', path: 'input.id' }, 'report');
    return assessFile(this.services, context.workspace.id, plan, context.signal);
  }
}

/** Changes of custom audiences. */
@Resolver()
export class AudienceMutationsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'clock'>) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, { description: 'Creates a custom audience.' })
  createCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateCustomAudienceInput, { description: 'The custom audience.' })
    input: CreateCustomAudienceInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (tx, editor) => createAudience(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description: 'Renames a custom audience, or changes its segment or identifiers.',
  })
  updateCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateCustomAudienceInput, { description: 'The change.' })
    input: UpdateCustomAudienceInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (tx, editor) => changeAudience(tx, input, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description: 'Puts a custom audience aside. What a platform holds of it already stays there.',
  })
  archiveCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (tx, editor) => archiveAudience(tx, input.id, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description: 'Takes an archived custom audience back into use. Refused while its segment is archived.',
  })
  unarchiveCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (tx) => unarchiveAudience(tx, input.id));
  }

  private change(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: Editor) => Promise<CustomAudience>,
  ): Promise<CustomAudienceType> {
    const { withWorkspace, clock } = this.services;
    const { id } = context.workspace;
    const editor = { actor: actorOf(context), now: clock.now() };
    return withWorkspace(id, async (tx) => toAudience(id, await work(tx, editor)));
  }
}

/** What belongs to one custom audience. */
@Resolver(() => CustomAudienceType)
export class CustomAudienceResolver {
  constructor(private readonly segmentById: ReturnType<typeof createSegmentById>) {}

  @FieldResolver(() => SegmentType, { description: 'The segment that it is made from.' })
  segment(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, segmentId }: CustomAudienceType,
  ): Promise<SegmentType> {
    return this.segmentById(context, workspaceId).load(segmentId);
  }
}
