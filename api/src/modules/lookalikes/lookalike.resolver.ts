import { printTrait } from '@coterie/lookalike';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { ContactType, type contactLoaders } from '../contacts/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import {
  archiveLookalike,
  cancelGrowing,
  changeLookalike,
  createLookalike,
  growAnew,
  type Editing,
} from './edit-lookalikes.js';
import type { Lookalike } from './lookalike.js';
import {
  listLookalikes,
  pageOfRanked,
  requireLookalike,
  type RankedContact,
} from './lookalike.repository.js';
import {
  CreateLookalikeInput,
  LookalikeConnection,
  LookalikeContactConnection,
  LookalikeContactsArgs,
  LookalikeContactType,
  LookalikeIdInput,
  LookalikeReportType,
  LookalikesArgs,
  LookalikeType,
  UpdateLookalikeInput,
} from './lookalike.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type LookalikeServices = Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>;

/** Lookalikes of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceLookalikesResolver {
  constructor(private readonly services: LookalikeServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => LookalikeConnection, { description: 'Lookalikes of the workspace, the newest first.' })
  async lookalikes(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => LookalikesArgs) { archived, ...page }: LookalikesArgs,
  ): Promise<Page<LookalikeType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listLookalikes(tx, archived, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toLookalike(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => LookalikeType, { description: 'One lookalike.' })
  async lookalike(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<LookalikeType> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toLookalike(workspace.id, await requireLookalike(tx, id, 'id')),
    );
  }
}

/** What belongs to one lookalike. */
@Resolver(() => LookalikeType)
export class LookalikeResolver {
  constructor(private readonly services: LookalikeServices) {}

  @FieldResolver(() => LookalikeContactConnection, {
    description: 'Its best contacts, the most alike first, each with why.',
  })
  async contacts(
    @Root() { workspaceId, stored }: LookalikeType,
    @Args(() => LookalikeContactsArgs) { top, ...page }: LookalikeContactsArgs,
  ): Promise<Page<LookalikeContactType>> {
    const [after] = readCursor(page.after, 'integer') ?? [0];
    const most = Math.ceil(((stored.poolSize ?? 0) * top) / 100);
    const rows = await this.services.withWorkspace(workspaceId, (tx) =>
      pageOfRanked(tx, stored.id, { after, most, limit: page.first + 1 }),
    );
    return toPage(
      rows,
      page,
      (row) => [row.rank],
      (row) => toRanked(workspaceId, stored, row),
    );
  }
}

/** What belongs to one ranked contact. */
@Resolver(() => LookalikeContactType)
export class LookalikeContactResolver {
  constructor(private readonly contacts: ReturnType<typeof contactLoaders>) {}

  @FieldResolver(() => ContactType, {
    nullable: true,
    description: 'The contact; null when it is gone by now.',
  })
  async contact(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: LookalikeContactType,
  ): Promise<ContactType | null> {
    return this.contacts(context, workspaceId).contact.load(ordinal);
  }
}

/** Changes of lookalikes. */
@Resolver()
export class LookalikeMutationsResolver {
  constructor(private readonly services: LookalikeServices) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => LookalikeType, {
    description: 'Makes a lookalike of a seed list. It is grown by a worker: `status` tells how it stands.',
  })
  createLookalike(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateLookalikeInput, { description: 'The lookalike.' }) input: CreateLookalikeInput,
  ): Promise<LookalikeType> {
    const { leaveOut: leftOut, ...rest } = input;
    return this.edit(context, (editing) => createLookalike(editing, { ...rest, leftOut }));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => LookalikeType, { description: 'Changes a lookalike.' })
  updateLookalike(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateLookalikeInput, { description: 'The change.' }) input: UpdateLookalikeInput,
  ): Promise<LookalikeType> {
    const { leaveOut, ...rest } = input;
    return this.edit(context, (editing) => changeLookalike(editing, { ...rest, leftOut: leaveOut ?? null }));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => LookalikeType, {
    description: 'Grows a lookalike anew, from the seed list and the contacts as they are now.',
  })
  trainLookalike(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => LookalikeIdInput, { description: 'The lookalike.' }) { id }: LookalikeIdInput,
  ): Promise<LookalikeType> {
    return this.edit(context, (editing) => growAnew(editing, id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => LookalikeType, {
    description: 'Ends growing that is under way; the ranking of the time before stays.',
  })
  cancelLookalikeTraining(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => LookalikeIdInput, { description: 'The lookalike.' }) { id }: LookalikeIdInput,
  ): Promise<LookalikeType> {
    return this.edit(context, (editing) => cancelGrowing(editing, id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => LookalikeType, {
    description: 'Puts a lookalike aside. Refused while rules of segments ask for it.',
  })
  archiveLookalike(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => LookalikeIdInput, { description: 'The lookalike.' }) { id }: LookalikeIdInput,
  ): Promise<LookalikeType> {
    return this.edit(context, (editing) => archiveLookalike(editing, id));
  }

  private edit(
    context: WorkspaceContext,
    work: (editing: Editing) => Promise<Lookalike>,
  ): Promise<LookalikeType> {
    const { withWorkspace, clock, enqueue } = this.services;
    const editor = { actor: actorOf(context), now: clock.now() };
    const { id } = context.workspace;
    return withWorkspace(id, async (tx) => toLookalike(id, await work({ tx, enqueue, editor })));
  }
}

function toLookalike(workspaceId: string, stored: Lookalike): LookalikeType {
  const { report, leftOut: leaveOut, training: _training, ...shown } = stored;
  return Object.assign(new LookalikeType(), shown, {
    workspaceId,
    stored,
    leaveOut,
    report: report && LookalikeReportType.of(report),
  });
}

function toRanked(
  workspaceId: string,
  { report }: Lookalike,
  { ordinal, rank, reasons, adds }: RankedContact,
): LookalikeContactType {
  const named = (reasons ?? []).flatMap((place, index) => {
    const trait = report?.reasons[place];
    return trait ? [{ label: printTrait(trait), adds: adds?.[index] ?? 0 }] : [];
  });
  return Object.assign(new LookalikeContactType(), { workspaceId, ordinal, rank, reasons: named });
}
