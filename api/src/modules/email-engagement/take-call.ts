import { Failure } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import type { PublicId } from '../../platform/public-id.js';
import { createPrepareEvents } from '../ingestion/index.js';
import { workspaceFacts } from '../contacts/index.js';
import { applyEngagements, prepareEngagements, type Applied } from './apply-engagements.js';
import { claimToken } from './call-token.repository.js';
import { refusal, type Proof, type SourceCredentials, type WebhookCall } from './email-provider.js';
import { noteReceived, noteRefused, requireSource } from './email-source.repository.js';
import { placeOfSecret, type EmailSource } from './email-source.js';
import type { EmailProviders } from './providers/index.js';

/**
 * Takes a call of a source's webhook. When it returns, all that the call reports is committed, each report once.
 * Throws NOT_FOUND for a source that does not exist, UNAUTHENTICATED for a call that is not shown to be the sender's,
 * BAD_REQUEST for one that cannot be read: nothing of it is stored then but why it was refused.
 */
export type TakeCall = (address: PublicId, call: WebhookCall) => Promise<Applied>;

const nothing: Applied = { stored: 0, duplicates: 0, left: 0 };

/** Builds {@link TakeCall}. */
export function createTakeCall(
  { withWorkspace, secrets, metrics }: Pick<Services, 'withWorkspace' | 'secrets' | 'metrics'>,
  providers: EmailProviders,
): TakeCall {
  const prepareEvents = createPrepareEvents(withWorkspace);

  async function take(
    { workspaceId, id }: PublicId,
    source: EmailSource,
    call: WebhookCall,
  ): Promise<Applied> {
    const provider = providers[source.provider];
    const { secret, topicArn } = source;
    const credentials: SourceCredentials = {
      secret: secret && secrets.open(secret, placeOfSecret(workspaceId, id)),
      topicArn,
    };
    // No transaction is open meanwhile: some senders have to be asked for what they sign with.
    const proof = await provider.verify(call, credentials);
    const isQuestion = (await provider.confirm?.(call)) ?? false;
    const reporting = { provider, source, now: call.now };
    const engagements = isQuestion ? [] : provider.read(call);
    const reported = await prepareEngagements(prepareEvents, workspaceId, engagements, reporting);
    return withWorkspace(workspaceId, async (tx) => {
      await requireSource(tx, id, 'sourceId');
      await requireFirstUse(proof, (token) => claimToken(tx, id, { token, body: call.body, now: call.now }));
      const applied =
        reported.length === 0
          ? nothing
          : await applyEngagements(tx, await workspaceFacts(tx), reported, reporting);
      // Last, so that calls of the same source wait for each other no longer than they must.
      await noteReceived(tx, id, call.now);
      return applied;
    });
  }

  return async (address, call) => {
    const { workspaceId, id } = address;
    const source = await withWorkspace(workspaceId, (tx) => requireSource(tx, id, 'sourceId'));
    try {
      const applied = await take(address, source, call);
      metrics.countMessages('stored', applied.stored);
      metrics.countMessages('duplicate', applied.duplicates);
      return applied;
    } catch (error) {
      if (isRefusal(error)) {
        const { message: reason } = error;
        await withWorkspace(workspaceId, (tx) => noteRefused(tx, id, { reason, now: call.now }));
      }
      throw error;
    }
  };
}

async function requireFirstUse({ token }: Proof, claim: (token: string) => Promise<boolean>): Promise<void> {
  if (token !== undefined && !(await claim(token)))
    throw refusal('The signature was used before, for something else.');
}

/** What is wrong with the call, and not with us. */
function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && ['UNAUTHENTICATED', 'BAD_REQUEST'].includes(error.code);
}
