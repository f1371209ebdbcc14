import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import type { AccessTarget } from '../../platform/graphql/access.js';
import type { Services } from '../../platform/module.js';
import type { IdempotencyScope } from '../../platform/operation.js';
import { withoutScope } from './idempotent-requests.js';

/**
 * Whose rows a request is noted in: those of the workspace or organization that it is about, if the caller may enter it;
 * undefined if not, and the request is then refused for that. Throws BAD_REQUEST when it is about neither.
 */
export async function findScope(
  { authorise }: Pick<Services, 'authorise'>,
  context: RequestContext,
  target: AccessTarget,
): Promise<IdempotencyScope | undefined> {
  const { viewer } = context;
  const isNamed = target.workspaceId !== undefined || viewer.kind === 'key';
  if (viewer.kind === 'nobody' || (!isNamed && target.organizationId === undefined)) throw withoutScope();
  try {
    if (!isNamed) {
      await authorise(context, { kind: 'organization', role: 'viewer' }, target);
      return { kind: 'organization', id: target.organizationId!.toLowerCase() };
    }
    const allowed = await authorise(context, { kind: 'workspace', role: 'viewer', scope: 'any' }, target);
    return { kind: 'workspace', id: (allowed as WorkspaceContext).workspace.id };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
