import { TemplateFault } from '../../../platform/templates/template.js';
import { addressOf } from '../recipient.repository.js';
import { unsubscribeLinks } from '../unsubscribe/index.js';
import { fillIn } from './fill-in.js';
import type { Act } from './index.js';

/** Writes a message to one contact; it is handed over when it is noted. Consent has been looked at in this transaction. */
export const noteMail: Act<'email'> = async ({ settings }, tx, { run, contact, action, workspace }) => {
  const to = await addressOf(tx, contact.ordinal);
  if (!to) return { kind: 'skipped', reason: 'NO_ADDRESS', detail: null };
  const link = (await unsubscribeLinks(tx, settings))({ contactId: contact.id, messageId: run.id });
  try {
    const message = await fillIn(tx, action, {
      ordinal: contact.ordinal,
      workspace,
      unsubscribeUrl: link.url,
    });
    const id = `${run.id}.${run.nextAction}`;
    return {
      kind: 'mail',
      noted: { destinationId: action.destinationId, mail: { ...message, to, headers: link.headers, id } },
    };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { kind: 'failed', reason: 'REFUSED', detail: error.message };
  }
};
