import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import {
  TemplateFault,
  type MessageTemplate,
  type RenderedMessage,
} from '../../platform/templates/template.js';
import { fillIn } from './actions/fill-in.js';
import { addressOf, findContactOf, senderOf } from './recipient.repository.js';

/** What the link to unsubscribe leads to in a preview, where nobody must be unsubscribed by looking at it. */
const nowhere = 'https://unsubscribe.invalid/';

/** A message as a contact would get it, and the address that it would go to. */
export type EmailPreview = RenderedMessage & { to: string | null };

/**
 * Fills a message in for a contact, or for nobody, and sends nothing. Throws NOT_FOUND, or INVALID_INPUT with the part that
 * is not a template.
 */
export async function previewEmail(
  tx: WorkspaceTransaction,
  message: MessageTemplate,
  contactId: string | null,
): Promise<EmailPreview> {
  const contact = contactId !== null && isId(contactId) ? await findContactOf(tx, contactId) : undefined;
  if (contactId !== null && !contact) throw notFound('contact', 'input.contactId');
  const workspace = await senderOf(tx);
  try {
    const filled = { ordinal: contact?.ordinal ?? null, workspace, unsubscribeUrl: nowhere };
    const rendered = await fillIn(tx, message, filled);
    return { ...rendered, to: (contact && (await addressOf(tx, contact.ordinal))) ?? null };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    throw new Failure('INVALID_INPUT', error.message, { path: `input.${error.part}` });
  }
}
