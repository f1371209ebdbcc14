import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { DataSource } from 'typeorm';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { PageArgs, type Page } from '../../platform/graphql/pagination.js';
import { inTurns } from '../../platform/in-turns.js';
import { OrganizationType, pageWorkspaces, WorkspaceType } from '../workspaces/index.js';
import { readGlance } from './glance.repository.js';
import { WorkspaceGlanceConnection, WorkspaceGlanceType } from './glance.types.js';

/** Workspaces that are looked at side by side: enough to be quick, and no more than a few of everybody's connections. */
const atOnce = 4;

/** How one workspace stands. */
@Resolver(() => WorkspaceType)
export class WorkspaceGlanceResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'usage:read' })
  @FieldResolver(() => WorkspaceGlanceType, {
    complexity: costs.count,
    description: 'How the workspace stands: what came in, and what needs somebody.',
  })
  async glance(
    @Ctx() { clock, workspace: { id } }: WorkspaceContext,
    @Root() workspace: WorkspaceType,
  ): Promise<WorkspaceGlanceType> {
    const glance = await this.withWorkspace(id, (tx) => readGlance(tx, clock.now()), { snapshot: true });
    return { ...glance, workspace };
  }
}

/** How the workspaces of an organization stand. */
@Resolver(() => OrganizationType)
export class OrganizationGlancesResolver {
  constructor(
    private readonly directory: DataSource,
    private readonly withWorkspace: WithWorkspace,
  ) {}

  @Access({ kind: 'organization', role: 'viewer' })
  @FieldResolver(() => WorkspaceGlanceConnection, {
    complexity: costs.count,
    description: 'How its workspaces stand that you may enter, by name.',
  })
  async glances(
    @Root() { id: organizationId }: OrganizationType,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { viewer, clock }: RequestContext,
    @Arg('search', () => String, {
      nullable: true,
      description: 'Only those with this in their name, in any case.',
    })
    search?: string | null,
  ): Promise<Page<WorkspaceGlanceType>> {
    const userId = viewer.kind === 'member' ? viewer.userId : '';
    const found = await pageWorkspaces(
      this.directory,
      { organizationId, userId, search: search ?? null },
      page,
    );
    const now = clock.now();
    const edges = await inTurns(found.edges, atOnce, async ({ node: workspace, cursor }) => {
      const glance = await this.withWorkspace(workspace.id, (tx) => readGlance(tx, now), { snapshot: true });
      return { cursor, node: { ...glance, workspace } };
    });
    return { ...found, edges };
  }
}
