import { day } from '../../platform/clock.js';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import type { ContactKey } from '../contacts/index.js';
import { findSubject } from './find-subject.js';
import { answerDays, type PrivacyRequest, type RequestKind } from './privacy-request.js';
import { insertRequest, openRequestAbout, requestsByIds } from './privacy-request.repository.js';
import { enqueueRequest } from './request-job.js';

/**
 * Notes what somebody asks of the data about them, and starts it. Asked again before it is done, it stays one request.
 * Throws NOT_FOUND for the id of no contact; somebody who is no contact can be named by an identity.
 */
export function openRequest(
  { withWorkspace, enqueue }: Pick<Services, 'withWorkspace' | 'enqueue'>,
  context: WorkspaceContext,
  kind: RequestKind,
  by: ContactKey,
): Promise<PrivacyRequest> {
  const { workspace, clock, idempotency } = context;
  return withWorkspace(workspace.id, async (tx) => {
    const subject = await findSubject(tx, by, workspace);
    const open = await openRequestAbout(tx, kind, subject);
    if (open) return open;
    const [id, requestedAt] = [newId(), clock.now()];
    await insertRequest(tx, {
      id,
      kind,
      subject: { ...subject, answerKey: idempotency?.keyHash.toString('hex') ?? null },
      requestedBy: actorOf(context),
      requestedAt,
      dueAt: new Date(requestedAt.getTime() + answerDays * day),
    });
    await enqueueRequest(enqueue, tx, { id, kind });
    return (await requestsByIds(tx, [id]))[0]!;
  });
}
