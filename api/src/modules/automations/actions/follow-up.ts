import { newId } from '../../../platform/ids.js';
import { insertFollowUp } from '../follow-ups/follow-up.repository.js';
import type { Act } from './index.js';

const day = 86_400_000;

/** Puts a contact into the queue of the sales team. */
export const openFollowUp: Act<'followUp'> = async (
  _services,
  tx,
  { run, automation, contact, action, now },
) => {
  await insertFollowUp(tx, {
    id: newId(),
    contactId: contact.id,
    runId: run.id,
    automationId: automation.id,
    assigneeId: action.assigneeId,
    dueAt: new Date(now.getTime() + action.dueInDays * day),
    priority: action.priority,
    note: action.note,
    createdBy: 'system',
    createdAt: now,
  });
  return { kind: 'done', detail: null };
};
