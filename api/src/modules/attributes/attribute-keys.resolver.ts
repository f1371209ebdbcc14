import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { longStatementSeconds, type WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { WorkspaceType } from '../workspaces/index.js';
import {
  AttributeMergeResultType,
  MergeAttributesInput,
  RenameAttributeInput,
} from './attribute-keys.types.js';
import { AttributeDefinitionType, toAttributeType } from './attribute.types.js';
import type { KeyFollower } from './key-change.js';
import { mergeAttributes, previewAttributeMerge, type MergedAttributes } from './merge-attributes.js';
import { renameAttribute } from './rename-attribute.js';

const workspaceId = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** Other keys for attributes, and two that become one. */
@Resolver(() => WorkspaceType)
export class AttributeKeysResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly followers: readonly KeyFollower[],
  ) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => AttributeMergeResultType, {
    complexity: costs.readiness,
    description:
      'What `mergeAttributes` would come to. Fails as it would, but for what rules and lists need.',
  })
  async previewAttributeMerge(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('input', () => MergeAttributesInput, { description: 'The two attributes.' })
    input: MergeAttributesInput,
  ): Promise<AttributeMergeResultType> {
    return toResult(await this.withWorkspace(workspace.id, (tx) => previewAttributeMerge(tx, input)));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeDefinitionType, {
    description:
      'Gives an attribute of the workspace another key or label. Its values, rules, forms, saved mappings of imports ' +
      'and seed lists go with it, rules in a new version; what comes in under the former key is still taken for it. ' +
      'Fails with INVALID_INPUT for a standard attribute, CONFLICT for a key that is or was another attribute’s.',
  })
  async renameAttribute(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => RenameAttributeInput, { description: 'Which one, and what it is to be called.' })
    input: RenameAttributeInput,
  ): Promise<AttributeDefinitionType> {
    const { workspace, clock } = context;
    const editor = { actor: actorOf(context), now: clock.now() };
    const renamed = await this.withWorkspace(
      workspace.id,
      (tx) => renameAttribute(tx, input, editor, this.followers),
      { statementSeconds: longStatementSeconds },
    );
    return toAttributeType(renamed);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeMergeResultType, {
    description:
      'Makes two attributes one; this cannot be undone. What named the one that goes names the other, and what comes ' +
      'in under its key is taken for the other. Fails with INVALID_INPUT for a standard attribute that would go and for ' +
      'types that do not fit, IN_USE when a rule or a seed list needs the type of the one that goes.',
  })
  async mergeAttributes(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => MergeAttributesInput, { description: 'The two attributes.' })
    input: MergeAttributesInput,
  ): Promise<AttributeMergeResultType> {
    const { workspace, clock } = context;
    const editor = { actor: actorOf(context), now: clock.now() };
    const merged = await this.withWorkspace(
      workspace.id,
      (tx) => mergeAttributes(tx, input, editor, this.followers),
      { statementSeconds: longStatementSeconds },
    );
    return toResult(merged);
  }
}

function toResult({ attribute, counts }: MergedAttributes): AttributeMergeResultType {
  return { attribute: toAttributeType(attribute), ...counts };
}
