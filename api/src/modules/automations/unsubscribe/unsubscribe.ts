import type { WithWorkspace, WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import type { Services } from '../../../platform/module.js';
import { heldBy, recordContactConsents, type RecordedState } from '../../consent/index.js';
import { contactById, workspaceFacts } from '../../contacts/index.js';
import { readToken, workspaceOfToken, type Recipient } from './token.js';
import { unsubscribeKey, workspaceName } from './unsubscribe-key.repository.js';

/** Where a withdrawal by a link comes from, and a consent that was given again on the same page. */
const sources = { withdrawn: 'unsubscribe link', granted: 'unsubscribe page' } as const;

/** What a link can still do. */
export interface Standing {
  /** Whose mail it is about. */
  workspaceName: string;
  /** Whether the person gets no mail: because they said so, or because they are not here any more. */
  isUnsubscribed: boolean;
  /** Whether they can take it back here: only what was said by a link. */
  canResubscribe: boolean;
}

type Needs = Pick<Services, 'withWorkspace' | 'clock'>;

/** How things stand for who holds a link. Changes nothing. Throws NOT_FOUND for a link that we have not made. */
export function standingOf({ withWorkspace }: Needs, token: string): Promise<Standing> {
  return withToken(withWorkspace, token, standing);
}

/**
 * Ends the mail of who holds a link: withdraws the consent for e-mail. Doing it again changes nothing, and for somebody who
 * has been erased there is nothing to do. Throws NOT_FOUND for a link that we have not made.
 */
export function unsubscribe({ withWorkspace, clock }: Needs, token: string): Promise<Standing> {
  return withToken(withWorkspace, token, async (tx, recipient) => {
    await record(tx, recipient, 'withdrawn', clock.now());
    return standing(tx, recipient);
  });
}

/** Takes back what was said by a link; where something else was said, it stays. Throws as {@link unsubscribe} does. */
export function resubscribe({ withWorkspace, clock }: Needs, token: string): Promise<Standing> {
  return withToken(withWorkspace, token, async (tx, recipient) => {
    const { canResubscribe } = await standing(tx, recipient);
    if (canResubscribe) await record(tx, recipient, 'granted', clock.now());
    return standing(tx, recipient);
  });
}

async function standing(tx: WorkspaceTransaction, { contactId }: Recipient): Promise<Standing> {
  const name = await workspaceName(tx);
  const contact = await contactById(tx, contactId);
  if (!contact) return { workspaceName: name, isUnsubscribed: true, canResubscribe: false };
  const held = (await heldBy(tx, [contact.ordinal])).get(contact.ordinal)?.get('email');
  const isUnsubscribed = held?.state === 'withdrawn';
  const canResubscribe = isUnsubscribed && held.source === sources.withdrawn;
  return { workspaceName: name, isUnsubscribed, canResubscribe };
}

async function record(
  tx: WorkspaceTransaction,
  { contactId, messageId }: Recipient,
  state: RecordedState,
  now: Date,
): Promise<void> {
  const proof = messageId === undefined ? null : `the link in message ${messageId}`;
  const consent = { contactId, channel: 'email', state, source: sources[state], proof } as const;
  const { timeZone } = await workspaceFacts(tx);
  await recordContactConsents(tx, [consent], { timeZone, now });
}

/** A link of a workspace that does not exist and one that was tampered with get the same answer. */
async function withToken<Result>(
  withWorkspace: WithWorkspace,
  token: string,
  work: (tx: WorkspaceTransaction, recipient: Recipient) => Promise<Result>,
): Promise<Result> {
  const workspaceId = workspaceOfToken(token);
  if (!workspaceId) throw unknownLink();
  return withWorkspace(workspaceId, async (tx) => {
    const key = await unsubscribeKey(tx);
    const recipient = key && readToken(key, token);
    if (!recipient) throw unknownLink();
    return work(tx, recipient);
  });
}

function unknownLink(): Failure {
  return new Failure('NOT_FOUND', 'This link does not work. Please take the whole link from the message.', {
    path: 'token',
  });
}
