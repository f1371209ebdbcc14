import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { EmailPreviewType, PreviewEmailInput } from './email-preview.types.js';
import { previewEmail } from './preview-email.js';

/** Looks at messages before they are sent. */
@Resolver()
export class EmailPreviewResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @Query(() => EmailPreviewType, {
    description:
      'Fills a message in as a contact would get it, with the link to unsubscribe leading nowhere, and sends nothing. What is no template is refused with its place.',
  })
  previewEmail(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key need not name its own.',
    })
    _workspaceId: string | undefined,
    @Arg('input', () => PreviewEmailInput, { description: 'The message.' })
    { subject, html, text, contactId }: PreviewEmailInput,
  ): Promise<EmailPreviewType> {
    const message = { subject, html: html ?? null, text: text ?? null };
    return this.withWorkspace(workspace.id, (tx) => previewEmail(tx, message, contactId ?? null));
  }
}
