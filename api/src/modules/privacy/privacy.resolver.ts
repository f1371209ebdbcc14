import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { WorkspaceType } from '../workspaces/index.js';
import { liftErasureOf } from './lift-erasure.js';
import { openRequest } from './open-request.js';
import { listRequests } from './privacy-request.repository.js';
import {
  PrivacyRequestConnection,
  PrivacyRequestsArgs,
  PrivacyRequestType,
  PrivacySubjectInput,
  toPrivacyRequestType,
} from './privacy.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** What people ask of the data about them. */
@Resolver(() => WorkspaceType)
export class PrivacyResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'enqueue'>) {}

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:read' })
  @FieldResolver(() => PrivacyRequestConnection, {
    description: 'What people asked of the data about them, the latest first.',
  })
  async privacyRequests(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PrivacyRequestsArgs) { kind, state, ...page }: PrivacyRequestsArgs,
  ): Promise<Page<PrivacyRequestType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const filter = { kind: kind ?? null, state: state ?? null };
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listRequests(tx, filter, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.requestedExactly, row.id],
      (row) => toPrivacyRequestType(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:read' })
  @Mutation(() => PrivacyRequestType, {
    description:
      'Has everything written down that is held about a person, for them: see `filePath` of the request. A job does it; ' +
      'asked again before it is done, it stays one request.',
  })
  async requestAccessExport(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => PrivacySubjectInput, { description: 'Whose data.' }) { by }: PrivacySubjectInput,
  ): Promise<PrivacyRequestType> {
    return toPrivacyRequestType(
      context.workspace.id,
      await openRequest(this.services, context, 'access', by),
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:write' })
  @Mutation(() => PrivacyRequestType, {
    description:
      'Erases a person: the contact with all that hangs on it, and what names them in quarantine, in rows and files of ' +
      'imports, in forms that wait, among suppressions and blocks. What names them is refused from then on. A job does ' +
      'it; asked again before it is done, it stays one request.',
  })
  async requestErasure(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => PrivacySubjectInput, { description: 'Whom to erase.' }) { by }: PrivacySubjectInput,
  ): Promise<PrivacyRequestType> {
    return toPrivacyRequestType(
      context.workspace.id,
      await openRequest(this.services, context, 'erasure', by),
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:write' })
  @Mutation(() => PrivacyRequestType, {
    description:
      'Lets somebody come back who was erased: all that was erased together with this identity is taken again. Whoever ' +
      'confirms a form by mail comes back without it.',
  })
  async liftErasure(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => PrivacySubjectInput, { description: 'Who may come back: by an identity.' })
    { by }: PrivacySubjectInput,
  ): Promise<PrivacyRequestType> {
    return toPrivacyRequestType(context.workspace.id, await liftErasureOf(this.services, context, by));
  }
}
