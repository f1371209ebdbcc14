import { compileTemplate, TemplateFault } from '../../../platform/templates/template.js';
import { addressOf } from '../recipient.repository.js';
import { unsubscribeLinks, withUnsubscribeLink } from '../unsubscribe/index.js';
import { contactValues } from './contact-values.js';
import type { Act } from './index.js';

/** Writes a message to one contact; it is handed over when it is noted. Consent has been looked at in this transaction. */
export const noteMail: Act<'email'> = async ({ settings }, tx, { run, contact, action, workspace }) => {
  const to = await addressOf(tx, contact.ordinal);
  if (!to) return { kind: 'skipped', reason: 'NO_ADDRESS', detail: null };
  const link = (await unsubscribeLinks(tx, settings))({ contactId: contact.id, messageId: run.id });
  try {
    const template = compileTemplate(action, { timeZone: workspace.timeZone });
    const keys = template.variables.flatMap((name) => /^contact\.([^.[]+)/.exec(name)?.[1] ?? []);
    const data = {
      contact: await contactValues(tx, contact.ordinal, keys),
      workspace: { name: workspace.name },
      unsubscribe_url: link.url,
    };
    const message = withUnsubscribeLink(template.render(data), link.url);
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
