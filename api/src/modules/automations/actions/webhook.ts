import { enqueueDelivery } from '../../destinations/index.js';
import { contactValues } from './contact-values.js';
import type { Act } from './index.js';

/** Tells a webhook which contact came or went. */
export const tellWebhook: Act<'webhook'> = async (
  services,
  tx,
  { run, automation, contact, action, now },
) => {
  const { isNew } = await enqueueDelivery(tx, services, {
    destinationId: action.destinationId,
    key: `automation:${run.id}:${run.nextAction}`,
    type: automation.trigger === 'enter' ? 'segment.entered' : 'segment.left',
    contactId: contact.id,
    occurredAt: run.enteredAt,
    data: {
      automation: { id: automation.id, name: automation.name },
      segmentId: automation.segmentId,
      contact: { id: contact.id, attributes: await contactValues(tx, contact.ordinal, action.attributes) },
      happenedAt: run.enteredAt.toISOString(),
      performedAt: now.toISOString(),
    },
  });
  return { kind: 'done', detail: isNew ? null : 'The webhook has not asked for this type of event.' };
};
