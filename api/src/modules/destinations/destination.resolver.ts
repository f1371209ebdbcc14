import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { WorkspaceType } from '../workspaces/index.js';
import { connectionTo } from './connect.js';
import { DestinationFailure, destinationKinds, type DestinationKind } from './destination.js';
import {
  listDestinations,
  noteTest,
  requireDestination,
  type StoredDestination,
} from './destination.repository.js';
import {
  CreateDestinationInput,
  DestinationConnection,
  DestinationIdInput,
  DestinationObject,
  DestinationsArgs,
  DestinationTestType,
  UpdateDestinationInput,
  type DestinationDefinitionInput,
} from './destination.types.js';
import {
  changeDestination,
  createDestination,
  removeDestination,
  type CreatedDestination,
  type DestinationEditor,
  type Entered,
  type FindUsers,
} from './edit-destinations.js';
import { destinationTypes } from './kinds.js';
import { testConnection } from './test-destination.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type DestinationServices = Pick<
  Services,
  'withWorkspace' | 'clock' | 'secrets' | 'network' | 'ask' | 'settings'
>;

/** Destinations of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceDestinationsResolver {
  constructor(private readonly services: DestinationServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => DestinationConnection, {
    description: 'Where audiences, mail and calls of the workspace go, the newest first.',
  })
  async destinations(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => DestinationsArgs) { kinds, ...page }: DestinationsArgs,
  ): Promise<Page<DestinationObject>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listDestinations(tx, kinds ?? undefined, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toDestination(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => DestinationObject, { description: 'One destination.' })
  async destination(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<DestinationObject> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toDestination(workspace.id, await requireDestination(tx, id, 'id')),
    );
  }
}

/** Changes of destinations, and tests. */
@Resolver()
export class DestinationMutationsResolver {
  constructor(
    private readonly services: DestinationServices,
    private readonly findUsers: FindUsers,
  ) {}

  @Access({ kind: 'workspace', role: 'admin', scope: 'audiences:write' })
  @Mutation(() => DestinationObject, { description: 'Sets up a destination.' })
  createDestination(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateDestinationInput, { description: 'The destination.' })
    { name, definition }: CreateDestinationInput,
  ): Promise<DestinationObject> {
    const given = enteredIn(definition, 'input.definition');
    return this.edit(context, (tx, editor) => createDestination(tx, { name, ...given }, editor));
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'audiences:write' })
  @Mutation(() => DestinationObject, {
    description: 'Renames a destination, enters other settings or credentials, or takes it out of use.',
  })
  updateDestination(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateDestinationInput, { description: 'The change.' })
    { id, name, definition, isDisabled }: UpdateDestinationInput,
  ): Promise<DestinationObject> {
    const change = {
      name: name ?? undefined,
      entered: definition ? enteredIn(definition, 'input.definition') : undefined,
      isDisabled: isDisabled ?? undefined,
    };
    return this.edit(context, (tx, editor) => changeDestination(tx, id, change, editor, this.findUsers));
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'audiences:write' })
  @Mutation(() => Boolean, { description: 'Deletes a destination. Refused while something uses it.' })
  async deleteDestination(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => DestinationIdInput, { description: 'The destination.' }) { id }: DestinationIdInput,
  ): Promise<boolean> {
    await this.services.withWorkspace(workspace.id, (tx) => removeDestination(tx, id, this.findUsers));
    return true;
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'audiences:write' })
  @Mutation(() => DestinationTestType, {
    description: 'Tries whether a destination takes its settings and credentials, without sending anybody.',
  })
  async testDestination(
    @Ctx() { workspace, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => DestinationIdInput, { description: 'The destination.' }) { id }: DestinationIdInput,
  ): Promise<DestinationTestType> {
    const { withWorkspace, clock, secrets, network, ask, settings } = this.services;
    const stored = await withWorkspace(workspace.id, (tx) => requireDestination(tx, id, 'input.id'));
    const trouble = await troubleOf();
    await withWorkspace(workspace.id, (tx) => noteTest(tx, id, { trouble, now: clock.now() }));
    return { works: trouble === null, trouble };

    async function troubleOf(): Promise<string | null> {
      try {
        const opening = { secrets, outside: { network, ask }, exportDir: settings.exportDir };
        const connection = connectionTo(opening, workspace.id, stored, signal);
        return await testConnection(destinationTypes[stored.kind], connection);
      } catch (error) {
        if (error instanceof DestinationFailure) return error.message;
        throw error;
      }
    }
  }

  private edit(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: DestinationEditor) => Promise<StoredDestination>,
  ): Promise<DestinationObject> {
    const { withWorkspace, clock, secrets } = this.services;
    const editor = { actor: actorOf(context), now: clock.now(), secrets, types: destinationTypes };
    const { id } = context.workspace;
    return withWorkspace(id, async (tx) => toDestination(id, await work(tx, editor)));
  }
}

/** What is a secret of each kind is what its credentials' schema names; all else are settings. */
function enteredIn(
  definition: DestinationDefinitionInput,
  path: string,
): { kind: DestinationKind; entered: Entered; path: string } {
  const kind = destinationKinds.find((each) => definition[each]);
  if (!kind) throw new Failure('INVALID_INPUT', 'Say of which kind it is.', { path });
  const entered: { settings: Record<string, unknown>; credentials: Record<string, string> } = {
    settings: {},
    credentials: {},
  };
  const secrets = new Set(Object.keys(destinationTypes[kind].credentials.shape));
  for (const [name, value] of Object.entries(definition[kind] ?? {})) {
    if (value === null || value === undefined) continue;
    if (secrets.has(name)) entered.credentials[name] = String(value);
    else entered.settings[name] = value;
  }
  return { kind, entered, path: `${path}.${kind}` };
}

/** Without the credentials, but for those that were made just now. */
export function toDestination(
  workspaceId: string,
  destination: StoredDestination & Partial<CreatedDestination>,
): DestinationObject {
  const { credentials: _credentials, settings, made, ...shown } = destination;
  return {
    ...shown,
    workspaceId,
    newSecret: made?.['secret'] ?? null,
    settings: Object.entries(settings).map(([name, value]) => ({
      name,
      value: typeof value === 'object' ? JSON.stringify(value) : String(value),
    })),
  };
}
