import { fold } from '@coterie/rules';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import {
  assessFile,
  AudienceIdentifierEnum,
  FileReadinessType,
  type AdIdentifier,
} from '../ad-files/index.js';
import type { contactLoaders } from '../contacts/index.js';
import { SegmentType, type createSegmentById } from '../segments/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import { addToSeedList, removeFromSeedList } from './change-seed-members.js';
import {
  archiveSeedList,
  createSeedList,
  renameSeedList,
  unarchiveSeedList,
  type Editor,
} from './edit-seed-lists.js';
import { planSeedFile } from './plan-seed-file.js';
import type { createSeedListLoaders } from './seed-list.loaders.js';
import { remarksOn } from './seed-quality.js';
import { listSeedLists, requireSeedList, type SeedList } from './seed-list.repository.js';
import {
  AddToSeedListInput,
  CreatedSeedListType,
  CreateSeedListInput,
  RemoveFromSeedListInput,
  RenameSeedListInput,
  SeedListConnection,
  SeedListIdInput,
  SeedListMemberConnection,
  SeedListMemberResultType,
  SeedListsArgs,
  SeedListType,
  SeedQualityType,
  type SeedListMemberType,
} from './seed-list.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** Seed lists of a workspace, and questions about them. */
@Resolver(() => WorkspaceType)
export class WorkspaceSeedListsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'clock'>) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => SeedListConnection, { description: 'Seed lists of the workspace, the newest first.' })
  async seedLists(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => SeedListsArgs) { filter, ...page }: SeedListsArgs,
  ): Promise<Page<SeedListType>> {
    const wanted = { ...filter, search: fold(filter?.search ?? '') };
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listSeedLists(tx, wanted, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toSeedList(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => SeedListType, { description: 'One seed list.' })
  async seedList(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<SeedListType> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toSeedList(workspace.id, await requireSeedList(tx, id, 'id')),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @Query(() => FileReadinessType, {
    complexity: costs.readiness,
    description:
      "Tells what a seed list's file for Meta would hold if it were written now: who may be in it, who can be found, and whose value is missing.",
  })
  async seedListReadiness(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('id', () => ID, { description: 'The seed list.' }) id: string,
    @Arg('identifiers', () => [AudienceIdentifierEnum], {
      nullable: true,
      description: "What would leave about each person; Meta's `defaultIdentifiers` unless given.",
    })
    identifiers: AdIdentifier[] | null,
  ): Promise<FileReadinessType> {
    const wanted = { id, identifiers: identifiers ?? null, paths: { id: 'id', identifiers: 'identifiers' } };
    const plan = planSeedFile(context, wanted, 'report');
    return assessFile(this.services, context.workspace.id, plan, context.signal);
  }
}

/** Changes of seed lists. */
@Resolver()
export class SeedListMutationsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'clock'>) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CreatedSeedListType, {
    description: 'Creates a seed list: from a segment as it is now, or empty.',
  })
  createSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateSeedListInput, { description: 'The seed list.' }) input: CreateSeedListInput,
  ): Promise<CreatedSeedListType> {
    return this.inWorkspace(context, async (tx, editor) => {
      const { seedList, ...taken } = await createSeedList(tx, input, editor);
      return { seedList: toSeedList(context.workspace.id, seedList), ...taken };
    });
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => SeedListType, { description: 'Gives a seed list another name.' })
  renameSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => RenameSeedListInput, { description: 'The name.' }) input: RenameSeedListInput,
  ): Promise<SeedListType> {
    return this.change(context, (tx) => renameSeedList(tx, input));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => SeedListType, { description: 'Puts a seed list aside.' })
  archiveSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => SeedListIdInput, { description: 'The seed list.' }) input: SeedListIdInput,
  ): Promise<SeedListType> {
    return this.change(context, (tx, editor) => archiveSeedList(tx, input.id, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => SeedListType, {
    description:
      'Takes an archived seed list back into use. Refused while the segment that it was taken from is archived.',
  })
  unarchiveSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => SeedListIdInput, { description: 'The seed list.' }) input: SeedListIdInput,
  ): Promise<SeedListType> {
    return this.change(context, (tx) => unarchiveSeedList(tx, input.id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => [SeedListMemberResultType], {
    description:
      'Puts contacts on a seed list, or gives those that are on it another value: a result for each, in the given order.',
  })
  addToSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AddToSeedListInput, { description: 'The contacts.' }) input: AddToSeedListInput,
  ): Promise<SeedListMemberResultType[]> {
    return this.inWorkspace(context, (tx) => addToSeedList(tx, input));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => [SeedListMemberResultType], {
    description: 'Takes contacts off a seed list: a result for each, in the given order.',
  })
  removeFromSeedList(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => RemoveFromSeedListInput, { description: 'The contacts.' })
    input: RemoveFromSeedListInput,
  ): Promise<SeedListMemberResultType[]> {
    return this.inWorkspace(context, (tx) => removeFromSeedList(tx, input));
  }

  private change(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: Editor) => Promise<SeedList>,
  ): Promise<SeedListType> {
    return this.inWorkspace(context, async (tx, editor) =>
      toSeedList(context.workspace.id, await work(tx, editor)),
    );
  }

  private inWorkspace<Result>(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: Editor) => Promise<Result>,
  ): Promise<Result> {
    const { withWorkspace, clock } = this.services;
    const editor = { actor: actorOf(context), now: clock.now() };
    return withWorkspace(context.workspace.id, (tx) => work(tx, editor));
  }
}

/** What a seed list's own resolver works with. */
export interface SeedListLoading {
  seedLists: ReturnType<typeof createSeedListLoaders>;
  contacts: ReturnType<typeof contactLoaders>;
  segmentById: ReturnType<typeof createSegmentById>;
}

/** What belongs to one seed list. */
@Resolver(() => SeedListType)
export class SeedListResolver {
  constructor(private readonly load: SeedListLoading) {}

  @FieldResolver(() => SegmentType, {
    nullable: true,
    description: 'The segment whose members it was taken from when it was created.',
  })
  async segment(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, segmentId }: SeedListType,
  ): Promise<SegmentType | null> {
    return segmentId === null ? null : this.load.segmentById(context, workspaceId).load(segmentId);
  }

  @FieldResolver(() => Int, { description: 'How many contacts are on it, whatever they consented to.' })
  async size(@Ctx() context: RequestContext, @Root() { workspaceId, id }: SeedListType): Promise<number> {
    return (await this.load.seedLists(context, workspaceId).size.load(id)).members;
  }

  @FieldResolver(() => Int, { description: 'How many of them have a value.' })
  async withValue(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: SeedListType,
  ): Promise<number> {
    return (await this.load.seedLists(context, workspaceId).size.load(id)).withValue;
  }

  @FieldResolver(() => SeedQualityType, {
    complexity: costs.count,
    description: 'What is known of it before anything is grown from it, and what to mind.',
  })
  async quality(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: SeedListType,
  ): Promise<SeedQualityType> {
    const quality = await this.load.seedLists(context, workspaceId).quality.load(id);
    return { ...quality, remarks: remarksOn(quality) };
  }

  @FieldResolver(() => SeedListMemberConnection, { description: 'The contacts on it, the oldest first.' })
  async members(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: SeedListType,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Page<SeedListMemberType>> {
    const wanted = {
      seedListId: id,
      after: readCursor(args.after, 'integer')?.[0] ?? -1,
      limit: args.first + 1,
    };
    const rows = await this.load.seedLists(context, workspaceId).members.load(wanted);
    const page = toPage(
      rows,
      args,
      (row) => [row.ordinal],
      (row) => row,
    );
    const { contact } = this.load.contacts(context, workspaceId);
    const shown = await contact.loadMany(page.edges.map(({ node }) => node.ordinal));
    // A contact that was erased since the page was read is left out.
    const edges = page.edges.flatMap(({ cursor, node: { value } }, index) => {
      const found = shown[index];
      if (found instanceof Error) throw found;
      return found ? [{ cursor, node: { contact: found, value } }] : [];
    });
    return { ...page, edges };
  }
}

function toSeedList(workspaceId: string, list: SeedList): SeedListType {
  const { id, name, segmentId, valueAttribute, createdBy, createdAt, archivedAt } = list;
  const fileUrl = `/v1/seed-lists/${id}/file.csv?workspaceId=${workspaceId}`;
  return { workspaceId, id, name, segmentId, valueAttribute, fileUrl, createdBy, createdAt, archivedAt };
}
