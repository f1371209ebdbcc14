import type { Channel } from '@coterie/rules';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { WorkspaceType } from '../workspaces/index.js';
import {
  AddSuppressionsInput,
  ChannelEnum,
  ConsentResultType,
  RecordConsentsInput,
  RemoveSuppressionsInput,
  SuppressibleKindEnum,
  SuppressionConnection,
  SuppressionResultType,
  type SuppressionType,
} from './consent.types.js';
import { recordContactConsents } from './record-contact-consents.js';
import { addSuppressions, removeSuppressions } from './suppress.js';
import { listSuppressions } from './suppression.repository.js';
import type { SuppressibleKind } from './suppression.js';

const workspaceId = { nullable: true, description: 'The workspace; an API key may leave it out.' };

@ArgsType()
class SuppressionArgs extends PageArgs {
  @Field(() => ChannelEnum, { nullable: true, description: 'Only those of this channel.' })
  channel?: Channel | null;

  @Field(() => SuppressibleKindEnum, { nullable: true, description: 'Only identities of this kind.' })
  kind?: SuppressibleKind | null;

  @Field(() => String, { nullable: true, description: 'Only identities that begin with this.' })
  search?: string | null;
}

/** Consents and suppressions of a workspace. */
@Resolver(() => WorkspaceType)
export class ConsentResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => SuppressionConnection, { description: 'Identities that must not be contacted.' })
  async suppressions(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => SuppressionArgs) args: SuppressionArgs,
  ): Promise<Page<SuppressionType>> {
    const after = readCursor(args.after, 'text', 'text', 'text');
    const filter = { channel: args.channel, kind: args.kind, prefix: args.search?.trim() || null };
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listSuppressions(tx, filter, after, args.first + 1),
    );
    return toPage(
      rows,
      args,
      (row) => [row.channel, row.kind, row.value],
      (row) => row,
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [ConsentResultType], {
    description: 'Records what contacts said; a result for each, in order.',
  })
  async recordConsents(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => RecordConsentsInput, { description: 'The consents.' }) input: RecordConsentsInput,
  ): Promise<ConsentResultType[]> {
    const settings = { timeZone: workspace.timeZone, now: clock.now() };
    return this.withWorkspace(workspace.id, (tx) => recordContactConsents(tx, input.consents, settings));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [SuppressionResultType], {
    description: 'Suppresses identities, of known contacts or not; a result for each, in order.',
  })
  async addSuppressions(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => AddSuppressionsInput, { description: 'The identities.' }) input: AddSuppressionsInput,
  ): Promise<SuppressionResultType[]> {
    const settings = { defaultCountry: workspace.defaultCountry, now: clock.now() };
    return this.withWorkspace(workspace.id, (tx) => addSuppressions(tx, input, settings));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [SuppressionResultType], {
    description: 'Lifts suppressions; a result for each, in order.',
  })
  async removeSuppressions(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => RemoveSuppressionsInput, { description: 'The identities.' })
    input: RemoveSuppressionsInput,
  ): Promise<SuppressionResultType[]> {
    return this.withWorkspace(workspace.id, (tx) => removeSuppressions(tx, input, workspace));
  }
}
