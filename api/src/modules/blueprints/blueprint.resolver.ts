import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { PageArgs, type Page } from '../../platform/graphql/pagination.js';
import { inTurns } from '../../platform/in-turns.js';
import type { Services } from '../../platform/module.js';
import { OrganizationType, pageWorkspaces, WorkspaceType } from '../workspaces/index.js';
import { applyToMany, atOnce, followersOf, workspacesOf, type Target } from './apply-to-many.js';
import {
  addVersion,
  blueprintsByIds,
  insertBlueprint,
  listVersions,
  pageBlueprints,
  requireBlueprint,
  requireUsable,
  requireVersion,
  updateBlueprint,
} from './blueprint.repository.js';
import {
  AddBlueprintVersionInput,
  AppliedBlueprintType,
  ApplyBlueprintInput,
  ApplyResultType,
  BlueprintConnection,
  BlueprintContentType,
  BlueprintType,
  BlueprintVersionType,
  BlueprintWorkspaceConnection,
  BlueprintWorkspaceType,
  CreateBlueprintInput,
  DetachBlueprintInput,
  UpdateBlueprintInput,
  type BlueprintContentInput,
  type BlueprintParameterInput,
} from './blueprint.types.js';
import { captureDocument, type Former } from './capture.js';
import { deleteApplication } from './application.repository.js';
import { partsOf, readDocument, type BlueprintDocument } from './document.js';
import { appliedBlueprints } from './applied-blueprints.js';

type BlueprintServices = Pick<Services, 'directory' | 'withWorkspace' | 'clock' | 'enqueue' | 'log'>;

/** The blueprints of an organization. */
@Resolver(() => OrganizationType)
export class OrganizationBlueprintsResolver {
  constructor(private readonly services: BlueprintServices) {}

  // What was captured from one client is not for who may see another alone: that needs a role in all of the organization.
  @Access({ kind: 'organization', role: 'editor' })
  @FieldResolver(() => BlueprintConnection, { description: 'Its blueprints that are in use, by name.' })
  blueprints(
    @Root() { id }: OrganizationType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<BlueprintType>> {
    return pageBlueprints(this.services.directory, id, page);
  }

  @Access({ kind: 'organization', role: 'editor' })
  @FieldResolver(() => BlueprintType, { description: 'One of its blueprints.' })
  blueprint(
    @Root() organization: OrganizationType,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<BlueprintType> {
    return requireBlueprint(this.services.directory, organization.id, id, 'id');
  }
}

/** What belongs to one blueprint. It is reached through its organization alone, which has looked at who asks. */
@Resolver(() => BlueprintType)
export class BlueprintResolver {
  constructor(private readonly services: BlueprintServices) {}

  @FieldResolver(() => [BlueprintVersionType], { description: 'Its versions, the newest first.' })
  versions(@Root() blueprint: BlueprintType): Promise<BlueprintVersionType[]> {
    return listVersions(this.services.directory, blueprint);
  }

  @FieldResolver(() => BlueprintContentType, { description: 'What a version of it sets up.' })
  async content(
    @Root() blueprint: BlueprintType,
    @Arg('version', () => Int, { nullable: true, description: 'The version; the newest unless given.' })
    version?: number | null,
  ): Promise<BlueprintContentType> {
    const wanted = version ?? blueprint.latestVersion;
    const { document } = await requireVersion(this.services.directory, blueprint, wanted, 'version');
    return toContent(wanted, document);
  }

  @FieldResolver(() => BlueprintWorkspaceConnection, {
    complexity: costs.count,
    description:
      'The workspaces of the organization, by name, each with what it follows of the blueprint and what was changed there by hand.',
  })
  async workspaces(
    @Ctx() { viewer }: RequestContext,
    @Root() blueprint: BlueprintType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<BlueprintWorkspaceType>> {
    if (viewer.kind !== 'member') throw new Failure('FORBIDDEN', 'This needs a person who is signed in.');
    const { directory, withWorkspace } = this.services;
    const of = { organizationId: blueprint.organizationId, userId: viewer.userId, search: null };
    const found = await pageWorkspaces(directory, of, page);
    const edges = await inTurns(found.edges, atOnce, async ({ node: workspace, cursor }) => {
      const [applied] = await withWorkspace(workspace.id, (tx) => appliedBlueprints(tx, [blueprint]));
      return { cursor, node: { workspace, applied: applied ?? null } };
    });
    return { ...found, edges };
  }
}

/** What a workspace follows. */
@Resolver(() => WorkspaceType)
export class WorkspaceBlueprintsResolver {
  constructor(private readonly services: BlueprintServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => [AppliedBlueprintType], {
    complexity: costs.count,
    description: 'The blueprints that the workspace follows, and what was changed here by hand since.',
  })
  async appliedBlueprints(@Ctx() { workspace }: WorkspaceContext): Promise<AppliedBlueprintType[]> {
    const { withWorkspace, directory } = this.services;
    return withWorkspace(workspace.id, (tx) =>
      appliedBlueprints(tx, (ids) => blueprintsByIds(directory, workspace.organizationId, ids)),
    );
  }
}

/** Changes of blueprints, and applying them. */
@Resolver()
export class BlueprintMutationsResolver {
  constructor(private readonly services: BlueprintServices) {}

  @Access({ kind: 'organization', role: 'editor' })
  @Mutation(() => BlueprintType, {
    description: 'Makes a blueprint of things of a workspace, or of a document.',
  })
  async createBlueprint(
    @Ctx() context: RequestContext,
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => CreateBlueprintInput, { description: 'The blueprint.' }) input: CreateBlueprintInput,
  ): Promise<BlueprintType> {
    const { name, description } = input;
    const document = await this.#read(organizationId, input.content);
    const first = { document, note: '', ...this.#editor(context) };
    return insertBlueprint(this.services.directory, { organizationId, name, description }, first);
  }

  @Access({ kind: 'organization', role: 'editor' })
  @Mutation(() => BlueprintType, {
    description:
      'Adds a version to a blueprint. Workspaces that follow it stay at theirs until it is applied.',
  })
  async addBlueprintVersion(
    @Ctx() context: RequestContext,
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => AddBlueprintVersionInput, { description: 'The version.' })
    input: AddBlueprintVersionInput,
  ): Promise<BlueprintType> {
    const { directory } = this.services;
    const blueprint = await requireUsable(directory, organizationId, input.id);
    const latest = await requireVersion(directory, blueprint, blueprint.latestVersion, 'input.id');
    const former = { blueprintId: blueprint.id, document: latest.document };
    const document = await this.#read(organizationId, input.content, former);
    const next = { document, note: input.note, ...this.#editor(context) };
    return addVersion(directory, blueprint, input.expectedVersion, next);
  }

  @Access({ kind: 'organization', role: 'editor' })
  @Mutation(() => BlueprintType, { description: 'Renames a blueprint, or puts it aside and takes it back.' })
  async updateBlueprint(
    @Ctx() { clock }: RequestContext,
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => UpdateBlueprintInput, { description: 'The change.' }) input: UpdateBlueprintInput,
  ): Promise<BlueprintType> {
    const { directory } = this.services;
    const blueprint = await requireBlueprint(directory, organizationId, input.id);
    const { name, description, archived } = input;
    return updateBlueprint(directory, blueprint, {
      ...(name != null && { name }),
      ...(description != null && { description }),
      ...(archived != null && { archivedAt: archived ? (blueprint.archivedAt ?? clock.now()) : null }),
    });
  }

  @Access({ kind: 'organization', role: 'editor' })
  @Mutation(() => [ApplyResultType], {
    description:
      'Applies a blueprint to workspaces, or upgrades those that follow it. Each is done as a whole or not at all, and by itself.',
  })
  async applyBlueprint(
    @Ctx() context: RequestContext,
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => ApplyBlueprintInput, { description: 'What to apply, and how.' })
    input: ApplyBlueprintInput,
  ): Promise<ApplyResultType[]> {
    const { directory } = this.services;
    const { id: blueprintId, latestVersion } = await requireUsable(directory, organizationId, input.id);
    const version = input.version ?? latestVersion;
    const of = { organizationId, id: blueprintId };
    const { document } = await requireVersion(directory, of, version, 'input.version');
    const targets = input.targets
      ? input.targets.map(toTarget)
      : await followersOf(this.services, { organizationId, blueprintId, version });
    const { onDrift, adopt, defineAttributes, activate, dryRun } = input;
    const wanted = { blueprintId, version, document, onDrift, adopt, defineAttributes, activate };
    const applied = await applyToMany(
      this.services,
      organizationId,
      targets,
      wanted,
      this.#editor(context),
      dryRun,
    );
    return applied.map(({ workspaceId, report, failure }) => ({
      workspaceId,
      ok: failure === undefined,
      problems: failure ? problemsOf(failure) : [],
      definedAttributes: report?.definedAttributes ?? [],
      parts: report?.parts ?? [],
    }));
  }

  @Access({ kind: 'organization', role: 'editor' })
  @Mutation(() => [ID], {
    description:
      'Has workspaces follow a blueprint no longer. What it made stays, and is theirs alone. Gives those that followed it.',
  })
  async detachBlueprint(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => DetachBlueprintInput, { description: 'From which workspaces.' })
    input: DetachBlueprintInput,
  ): Promise<string[]> {
    const { directory, withWorkspace } = this.services;
    const { id } = await requireBlueprint(directory, organizationId, input.id);
    const own = await workspacesOf(directory, organizationId, input.workspaceIds);
    const detached = await inTurns(own, atOnce, async (workspaceId) =>
      (await withWorkspace(workspaceId, (tx) => deleteApplication(tx, id))) ? [workspaceId] : [],
    );
    return detached.flat();
  }

  #editor(context: RequestContext): { actor: string; now: Date } {
    return { actor: actorOf(context), now: context.clock.now() };
  }

  async #read(
    organizationId: string,
    { source, document }: BlueprintContentInput,
    former?: Former,
  ): Promise<BlueprintDocument> {
    if (!source) return readDocument(parseJson(document ?? ''), 'input.content.document');
    const { directory, withWorkspace } = this.services;
    const [workspaceId] = await workspacesOf(directory, organizationId, [source.workspaceId]);
    if (!workspaceId) throw notFound('workspace', 'input.content.source.workspaceId');
    return withWorkspace(workspaceId, (tx) => captureDocument(tx, source, former), { snapshot: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const path = 'input.content.document';
    throw new Failure('INVALID_INPUT', `This is no JSON: ${(error as Error).message}`, {
      path,
      cause: error,
    });
  }
}

function toTarget({
  workspaceId,
  parameters,
}: {
  workspaceId: string;
  parameters: BlueprintParameterInput[];
}): Target {
  return { workspaceId, parameters: new Map(parameters.map(({ key, value }) => [key, value ?? null])) };
}

function problemsOf({ code, path, message, problems }: Failure) {
  return problems.length > 0 ? [...problems] : [{ code, path, message }];
}

function toContent(version: number, document: BlueprintDocument): BlueprintContentType {
  return {
    version,
    document: JSON.stringify(document, null, 2),
    parameters: document.parameters.map((each) => ({ ...each, required: each.default === undefined })),
    attributes: document.attributes,
    parts: partsOf(document).map(({ kind, key, name }) => ({ kind, key, name })),
  };
}
