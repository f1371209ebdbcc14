import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import type { Enqueue } from '../../platform/module.js';
import { Access } from '../../platform/graphql/access.js';
import { toPage, type Page } from '../../platform/graphql/pagination.js';
import { WorkspaceType } from '../workspaces/index.js';
import { attributeCatalog } from './attribute-catalog.js';
import type { AttributeSubject } from './attribute-definition.js';
import {
  AttributeDefinitionType,
  AttributeKeyInput,
  AttributeSubjectEnum,
  CreateAttributeInput,
  KnownValueConnection,
  KnownValuesArgs,
  type KnownValueType,
  toAttributeType,
  UpdateAttributeInput,
} from './attribute.types.js';
import { computeSoon } from './compute-soon.js';
import { knownValues } from './known-values.js';
import { archiveAttribute, createAttribute, updateAttribute } from './define-attributes.js';

const workspaceId = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** Attributes of a workspace. */
@Resolver(() => WorkspaceType)
export class AttributeResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly enqueue: Enqueue,
  ) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => [AttributeDefinitionType], {
    description: 'The attributes of contacts and companies.',
  })
  async attributes(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('subject', () => AttributeSubjectEnum, {
      nullable: true,
      description: 'Only those of contacts, or of companies.',
    })
    subject: AttributeSubject | null,
    @Arg('includeArchived', () => Boolean, {
      defaultValue: false,
      description: 'Whether to list archived ones, too.',
    })
    includeArchived: boolean,
  ): Promise<AttributeDefinitionType[]> {
    const catalog = await this.withWorkspace(workspace.id, attributeCatalog);
    return [...catalog.contact.values(), ...catalog.company.values()]
      .filter((definition) => includeArchived || !definition.archivedAt)
      .filter((definition) => !subject || definition.subject === subject)
      .map(toAttributeType);
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => KnownValueConnection, {
    description:
      'The values that are held for an attribute with how many hold each, the most common first. Not for dates.',
  })
  async attributeValues(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => KnownValuesArgs) args: KnownValuesArgs,
  ): Promise<Page<KnownValueType>> {
    const rows = await this.withWorkspace(workspace.id, (tx) => knownValues(tx, args));
    return toPage(
      rows,
      args,
      (row) => [row.count, row.sort],
      ({ value, count }) => ({ value, count }),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeDefinitionType, { description: 'Makes an attribute for the workspace.' })
  async createAttribute(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => CreateAttributeInput, { description: 'The attribute.' }) input: CreateAttributeInput,
  ): Promise<AttributeDefinitionType> {
    const created = await this.withWorkspace(workspace.id, async (tx) => {
      const definition = await createAttribute(tx, input, clock.now());
      if (definition.computed) await computeSoon(this.enqueue, tx, clock.now());
      return definition;
    });
    return toAttributeType(created);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeDefinitionType, {
    description: 'Changes how an attribute is called and explained.',
  })
  async updateAttribute(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => UpdateAttributeInput, { description: 'The changes.' }) input: UpdateAttributeInput,
  ): Promise<AttributeDefinitionType> {
    return toAttributeType(await this.withWorkspace(workspace.id, (tx) => updateAttribute(tx, input)));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeDefinitionType, {
    description:
      'Archives an attribute: it keeps its values, but takes no new ones and is not offered any more.',
  })
  async archiveAttribute(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => AttributeKeyInput, { description: 'The attribute.' }) input: AttributeKeyInput,
  ): Promise<AttributeDefinitionType> {
    return toAttributeType(
      await this.withWorkspace(workspace.id, (tx) =>
        archiveAttribute(tx, input, { archived: true, now: clock.now() }),
      ),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => AttributeDefinitionType, { description: 'Brings an archived attribute back.' })
  async restoreAttribute(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => AttributeKeyInput, { description: 'The attribute.' }) input: AttributeKeyInput,
  ): Promise<AttributeDefinitionType> {
    const restored = await this.withWorkspace(workspace.id, async (tx) => {
      const definition = await archiveAttribute(tx, input, { archived: false, now: clock.now() });
      if (definition.computed) await computeSoon(this.enqueue, tx, clock.now());
      return definition;
    });
    return toAttributeType(restored);
  }
}
