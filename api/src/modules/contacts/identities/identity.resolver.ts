import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../../platform/context.js';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { notFound } from '../../../platform/errors.js';
import { Access } from '../../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import { isId } from '../../../platform/ids.js';
import { WorkspaceType } from '../../workspaces/index.js';
import type { Loaders } from '../contact.resolver.js';
import { ContactType } from '../contact.types.js';
import { listDecisions } from './blocked-identity.repository.js';
import { decideIdentities } from './decide-identities.js';
import { dismissConflict, listConflicts } from './identity-conflict.repository.js';
import { identityPolicy, saveIdentitySettings } from './identity-policy.repository.js';
import { checkIdentitySettings } from './identity-settings.js';
import {
  BlockedIdentitiesArgs,
  BlockedIdentityConnection,
  type BlockedIdentityType,
  BlockIdentitiesInput,
  IdentityConflictConnection,
  IdentityConflictsArgs,
  IdentityConflictType,
  IdentityDecisionResultType,
  IdentitySettingsInput,
  IdentitySettingsType,
  UnblockIdentitiesInput,
} from './identity.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** How a workspace recognises its contacts, and where that did not work out. */
@Resolver(() => WorkspaceType)
export class IdentityResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => IdentitySettingsType, { description: 'How contacts are recognised.' })
  async identitySettings(@Ctx() { workspace }: WorkspaceContext): Promise<IdentitySettingsType> {
    const { settings } = await this.withWorkspace(workspace.id, (tx) => identityPolicy(tx, []));
    return { ...settings };
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => IdentityConflictConnection, {
    description:
      'Identities that two contacts claim, the latest first. Merge the two, or dismiss the conflict. ' +
      'Those over a blocked identity are left out.',
  })
  async identityConflicts(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => IdentityConflictsArgs) { kind, dismissed, ...page }: IdentityConflictsArgs,
  ): Promise<Page<IdentityConflictType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listConflicts(tx, { kind: kind ?? null, dismissed }, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.firstSeenExactly, row.id],
      (row) => ({ ...row, workspaceId: workspace.id }),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => BlockedIdentityConnection, {
    description:
      'Identities that are not used to recognise anybody. Placeholders such as `null` are blocked from the beginning and ' +
      'are listed once they came in.',
  })
  async blockedIdentities(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => BlockedIdentitiesArgs) { kind, reason, blocked, ...page }: BlockedIdentitiesArgs,
  ): Promise<Page<BlockedIdentityType>> {
    const after = readCursor(page.after, 'text', 'text');
    const filter = { kind: kind ?? null, reason: reason ?? null, blocked };
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listDecisions(tx, filter, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.kind, row.value],
      (row) => row,
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:write' })
  @Mutation(() => IdentitySettingsType, {
    description: 'Changes how contacts are recognised from now on. Contacts that are one already stay one.',
  })
  async updateIdentitySettings(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => IdentitySettingsInput, { description: 'What to change.' })
    input: IdentitySettingsInput,
  ): Promise<IdentitySettingsType> {
    const changes = {
      ...(input.mergeOn && { mergeOn: [...new Set(input.mergeOn)] }),
      ...(input.contactLimit != null && { contactLimit: input.contactLimit }),
      ...(input.deviceLimit != null && { deviceLimit: input.deviceLimit }),
    };
    checkIdentitySettings(changes);
    return this.withWorkspace(workspace.id, (tx) => saveIdentitySettings(tx, changes));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => IdentityConflictType, {
    description: 'Says that a conflict is none: two people share the identity. It is not opened again.',
  })
  async dismissIdentityConflict(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('id', () => ID, { description: 'The id of the conflict.' }) id: string,
  ): Promise<IdentityConflictType> {
    const { workspace, clock } = context;
    const conflict = isId(id)
      ? await this.withWorkspace(workspace.id, (tx) => dismissConflict(tx, id, actorOf(context), clock.now()))
      : undefined;
    if (!conflict) throw notFound('conflict');
    return { ...conflict, workspaceId: workspace.id };
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [IdentityDecisionResultType], {
    description:
      'Blocks identities: they are not used to recognise anybody any more. A result for each value, in order.',
  })
  async blockIdentities(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => BlockIdentitiesInput, { description: 'The identities.' }) input: BlockIdentitiesInput,
  ): Promise<IdentityDecisionResultType[]> {
    return this.decide(context, input, true);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [IdentityDecisionResultType], {
    description:
      'Says that identities are fine: they are used again, and are not blocked by themselves any more. ' +
      'A result for each value, in order.',
  })
  async unblockIdentities(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => UnblockIdentitiesInput, { description: 'The identities.' })
    input: UnblockIdentitiesInput,
  ): Promise<IdentityDecisionResultType[]> {
    return this.decide(context, input, false);
  }

  private decide(
    context: WorkspaceContext,
    input: UnblockIdentitiesInput,
    blocked: boolean,
  ): Promise<IdentityDecisionResultType[]> {
    const { workspace, clock } = context;
    const settings = {
      by: actorOf(context),
      now: clock.now(),
      defaultCountry: workspace.defaultCountry,
    };
    return this.withWorkspace(workspace.id, (tx) => decideIdentities(tx, { ...input, blocked }, settings));
  }
}

/** The two contacts of a conflict. */
@Resolver(() => IdentityConflictType)
export class IdentityConflictResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactType, { nullable: true, description: 'The contact that has the identity.' })
  async heldBy(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, holder }: IdentityConflictType,
  ): Promise<ContactType | null> {
    return this.loaders.contact(context, workspaceId).contact.load(holder);
  }

  @FieldResolver(() => ContactType, { nullable: true, description: 'The contact that it was given to.' })
  async givenTo(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, claimant }: IdentityConflictType,
  ): Promise<ContactType | null> {
    return this.loaders.contact(context, workspaceId).contact.load(claimant);
  }
}
