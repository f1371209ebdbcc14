import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { writePublicId } from '../../platform/public-id.js';
import { WorkspaceType } from '../workspaces/index.js';
import {
  changeSource,
  createSource,
  removeSource,
  type EditedSource,
  type SourceEditor,
} from './edit-sources.js';
import { listSources } from './email-source.repository.js';
import type { EmailSource } from './email-source.js';
import {
  CreateEmailSourceInput,
  EditedEmailSourceType,
  EmailSourceConnection,
  EmailSourceIdInput,
  UpdateEmailSourceInput,
  type EmailSourceType,
} from './email-source.types.js';
import type { EmailProviders } from './providers/index.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** Senders of a workspace's mail. */
@Resolver(() => WorkspaceType)
export class WorkspaceEmailSourcesResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace'>) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => EmailSourceConnection, {
    description: "Senders of the workspace's mail that report what became of it, the newest first.",
  })
  async emailSources(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<EmailSourceType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listSources(tx, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toSource(workspace.id, row),
    );
  }
}

/** Changes of senders. */
@Resolver()
export class EmailSourceMutationsResolver {
  constructor(
    private readonly services: Pick<Services, 'withWorkspace' | 'clock' | 'secrets'>,
    private readonly providers: EmailProviders,
  ) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => EditedEmailSourceType, { description: 'Lets a sender of mail report what becomes of it.' })
  createEmailSource(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateEmailSourceInput, { description: 'The source.' })
    { name, provider, secret, topicArn }: CreateEmailSourceInput,
  ): Promise<EditedEmailSourceType> {
    const wanted = { name, provider, secret: secret ?? null, topicArn: topicArn ?? null };
    return this.edit(context, (tx, editor) => createSource(tx, wanted, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => EditedEmailSourceType, { description: 'Changes a sender of mail.' })
  updateEmailSource(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateEmailSourceInput, { description: 'The change.' })
    { id, name, secret, topicArn, newPassword }: UpdateEmailSourceInput,
  ): Promise<EditedEmailSourceType> {
    const change = {
      name: name ?? undefined,
      secret: secret ?? undefined,
      topicArn: topicArn ?? undefined,
      newPassword,
    };
    return this.edit(context, (tx, editor) => changeSource(tx, id, change, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => Boolean, {
    description: 'Takes nothing more from a sender of mail. What it has reported stays.',
  })
  async deleteEmailSource(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => EmailSourceIdInput, { description: 'The source.' }) { id }: EmailSourceIdInput,
  ): Promise<boolean> {
    await this.services.withWorkspace(workspace.id, (tx) => removeSource(tx, id));
    return true;
  }

  private async edit(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: SourceEditor) => Promise<EditedSource>,
  ): Promise<EditedEmailSourceType> {
    const { withWorkspace, clock, secrets } = this.services;
    const { id } = context.workspace;
    const editor = { actor: actorOf(context), now: clock.now(), secrets, providers: this.providers };
    let password: string | null = null;
    // The audit log takes the id of what is given back.
    const source = await withWorkspace(id, async (tx) => {
      const edited = await work(tx, editor);
      ({ password } = edited);
      return edited.source;
    });
    return { source: toSource(id, source), password };
  }
}

/** Without the secret. */
function toSource(workspaceId: string, { secret: _secret, ...source }: EmailSource): EmailSourceType {
  return { ...source, path: `/v1/email/${writePublicId({ workspaceId, id: source.id })}` };
}
