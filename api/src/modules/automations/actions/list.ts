import { requireAudience } from '../../audiences/index.js';
import { changeListMembers } from '../../segments/index.js';
import type { Act } from './index.js';

/** Puts a contact on a static list, or takes it off. */
export const changeList: Act<'list'> = async (_services, tx, { contact, action, now }) => {
  await changeListMembers(
    tx,
    { segmentId: action.segmentId, contactIds: [contact.id], change: action.change },
    now,
  );
  return { kind: 'done', detail: null };
};

/** The same for the list that a custom audience is made from. Refused for one that is made from a rule. */
export const changeAudience: Act<'audience'> = async (_services, tx, { contact, action, now }) => {
  const { segmentId } = await requireAudience(tx, action.audienceId, 'audienceId');
  await changeListMembers(tx, { segmentId, contactIds: [contact.id], change: action.change }, now);
  return { kind: 'done', detail: null };
};
