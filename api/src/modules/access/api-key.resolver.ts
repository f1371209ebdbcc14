import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { WorkspaceType } from '../workspaces/index.js';
import { ApiKeyType, CreateApiKeyInput, CreatedApiKey } from './access.types.js';
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.js';
import type { KeyRing } from './authenticate.js';
import type { KeyUses } from './key-uses.js';

/** The API keys of a workspace: made, listed and revoked by people, never by a key. */
@Resolver(() => WorkspaceType)
export class ApiKeyResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly keys: KeyRing,
    private readonly uses: KeyUses,
  ) {}

  @Access({ kind: 'workspace', role: 'admin', scope: 'none' })
  @FieldResolver(() => [ApiKeyType], { description: 'The API keys, newest first, revoked ones included.' })
  async apiKeys(@Ctx() context: WorkspaceContext): Promise<ApiKeyType[]> {
    const { id: workspaceId } = context.workspace;
    const keys = await listApiKeys(this.withWorkspace, workspaceId);
    return keys.map((key) => ({
      ...key,
      lastUsedAt: this.uses.latest(workspaceId, key.id) ?? key.lastUsedAt,
    }));
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'none' })
  @Mutation(() => CreatedApiKey, { description: 'Makes an API key. The key is shown in this answer only.' })
  async createApiKey(
    @Arg('workspaceId', () => ID, { description: 'The workspace that the key opens.' }) _workspaceId: string,
    @Arg('input', () => CreateApiKeyInput, { description: 'What the key may do, and for how long.' })
    input: CreateApiKeyInput,
    @Ctx() context: WorkspaceContext,
  ): Promise<CreatedApiKey> {
    return createApiKey(this.withWorkspace, context, { ...input, expiresAt: input.expiresAt ?? null });
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'none' })
  @Mutation(() => ApiKeyType, { description: 'Makes an API key useless, within two seconds everywhere.' })
  async revokeApiKey(
    @Arg('workspaceId', () => ID, { description: 'The workspace of the key.' }) _workspaceId: string,
    @Arg('id', () => ID, { description: 'The id of the key, as listed.' }) id: string,
    @Ctx() context: WorkspaceContext,
  ): Promise<ApiKeyType> {
    const revoked = await revokeApiKey(this.withWorkspace, context.workspace.id, id);
    this.keys.forget(revoked.id);
    return revoked;
  }
}
