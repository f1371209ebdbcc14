import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { DataSource } from 'typeorm';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { PageArgs, type Page } from '../../platform/graphql/pagination.js';
import { checkTimeZone } from './time-zone.js';
import {
  changeWorkspace,
  findWorkspace,
  hideWorkspace,
  insertWorkspace,
  keepsTimeZone,
  listOrganizations,
  pageWorkspaces,
  type Workspace,
} from './workspace.repository.js';
import {
  CreateWorkspaceInput,
  OrganizationType,
  UpdateWorkspaceInput,
  ViewerType,
  WorkspaceConnection,
  WorkspaceType,
} from './workspace.types.js';

/** The roots that a newcomer meets: who am I, my organization, one workspace. */
@Resolver(() => OrganizationType)
export class WorkspaceResolver {
  constructor(
    private readonly directory: DataSource,
    private readonly withWorkspace: WithWorkspace,
  ) {}

  @Access({ kind: 'public' })
  @Query(() => ViewerType, { description: 'Who asks. Fails with UNAUTHENTICATED for nobody.' })
  viewer(@Ctx() context: RequestContext): ViewerType {
    if (context.viewer.kind === 'nobody')
      throw new Failure('UNAUTHENTICATED', 'Sign in, or present an API key.');
    return ViewerType.of(context.viewer);
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'any' })
  @Query(() => WorkspaceType, { description: 'One workspace, with everything in it.' })
  async workspace(
    @Ctx() context: WorkspaceContext,
    @Arg('id', () => ID, {
      nullable: true,
      description: 'Which one; an API key may leave it out and means its own.',
    })
    _id?: string,
  ): Promise<Workspace> {
    return findWorkspace(this.directory, context.workspace.id, context.workspace.role);
  }

  @Access({ kind: 'organization', role: 'viewer' })
  @Query(() => OrganizationType, { description: 'One organization that you are a member of.' })
  async organization(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Which one.' }) id: string,
  ): Promise<OrganizationType> {
    const userId = context.viewer.kind === 'member' ? context.viewer.userId : '';
    const found = (await listOrganizations(this.directory, userId)).find(
      (one) => one.id === id.toLowerCase(),
    );
    if (!found) throw notFound('organization');
    return found;
  }

  @Access({ kind: 'organization', role: 'viewer' })
  @FieldResolver(() => WorkspaceConnection, { description: 'Its workspaces that you may enter, by name.' })
  async workspaces(
    @Root() organization: OrganizationType,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: RequestContext,
    @Arg('search', () => String, {
      nullable: true,
      description: 'Only those with this in their name, in any case.',
    })
    search?: string | null,
  ): Promise<Page<Workspace>> {
    const userId = context.viewer.kind === 'member' ? context.viewer.userId : '';
    const filter = { organizationId: organization.id, userId, search: search ?? null };
    return pageWorkspaces(this.directory, filter, page);
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => WorkspaceType, { description: 'Makes a workspace.' })
  async createWorkspace(
    @Arg('organizationId', () => ID, { description: 'The organization that will own it.' })
    organizationId: string,
    @Arg('input', () => CreateWorkspaceInput, { description: 'What it is called, and where it is.' })
    input: CreateWorkspaceInput,
  ): Promise<Workspace> {
    await checkTimeZone(this.directory, input.timeZone, 'input.timeZone');
    const values = { ...input, defaultCountry: input.defaultCountry ?? null };
    const id = await insertWorkspace(this.directory, organizationId, values);
    return findWorkspace(this.directory, id, null);
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'none' })
  @Mutation(() => WorkspaceType, {
    description: 'Changes the name or the settings of a workspace.',
  })
  async updateWorkspace(
    @Arg('workspaceId', () => ID, { description: 'The workspace.' }) _workspaceId: string,
    @Arg('input', () => UpdateWorkspaceInput, { description: 'What to change.' }) input: UpdateWorkspaceInput,
    @Ctx() context: WorkspaceContext,
  ): Promise<Workspace> {
    if (input.timeZone) await this.#checkZone(context.workspace.id, input.timeZone);
    await changeWorkspace(this.directory, context.workspace, input);
    return findWorkspace(this.directory, context.workspace.id, context.workspace.role);
  }

  /** Throws INVALID_INPUT for what is no zone, and IN_USE for another one once dates were read in the present one. */
  async #checkZone(workspaceId: string, timeZone: string): Promise<void> {
    await checkTimeZone(this.directory, timeZone, 'input.timeZone');
    const isKept = await this.withWorkspace(workspaceId, (tx) => keepsTimeZone(tx, timeZone));
    if (isKept) {
      throw new Failure(
        'IN_USE',
        'Contacts or companies hold dates that were read in the present time zone, so it cannot be changed any more.',
        { path: 'input.timeZone' },
      );
    }
  }

  @Access({ kind: 'workspace', role: 'owner', scope: 'none' })
  @Mutation(() => Boolean, {
    description: 'Hides a workspace from everybody and shuts its API keys out. Its data stay.',
  })
  async archiveWorkspace(
    @Arg('workspaceId', () => ID, { description: 'The workspace.' }) _workspaceId: string,
    @Ctx() context: WorkspaceContext,
  ): Promise<boolean> {
    await hideWorkspace(this.directory, context.workspace);
    return true;
  }
}

/** The organizations of whoever is signed in. */
@Resolver(() => ViewerType)
export class ViewerResolver {
  constructor(private readonly directory: DataSource) {}

  @FieldResolver(() => [OrganizationType], {
    description: 'The organizations that the person is a member of, by name.',
  })
  async organizations(@Root() { viewer }: ViewerType): Promise<OrganizationType[]> {
    return viewer.kind === 'member' ? listOrganizations(this.directory, viewer.userId) : [];
  }
}
