import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import { liftErasure, type ContactKey } from '../contacts/index.js';
import { identityOf } from './find-subject.js';
import type { PrivacyRequest } from './privacy-request.js';
import { requestsByIds } from './privacy-request.repository.js';

/**
 * Lets somebody come back who was erased: all that was erased together with this identity is taken again. Throws
 * NOT_FOUND when the identity was not erased, INVALID_INPUT when it is none.
 */
export function liftErasureOf(
  { withWorkspace }: Pick<Services, 'withWorkspace'>,
  context: WorkspaceContext,
  by: ContactKey,
): Promise<PrivacyRequest> {
  const { workspace, clock } = context;
  const identity = identityOf(by, workspace.defaultCountry);
  if (!identity) {
    const message = 'Of who was erased, no id is known: name them by an identity.';
    throw new Failure('INVALID_INPUT', message, { path: 'input.by.id' });
  }
  return withWorkspace(workspace.id, async (tx) => {
    const ids = await liftErasure(tx, [identity], { by: actorOf(context), now: clock.now() });
    const [request] = await requestsByIds(tx, ids);
    if (!request) throw notFound('erased identity', 'input.by');
    return request;
  });
}
