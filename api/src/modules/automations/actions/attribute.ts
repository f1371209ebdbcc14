import { identitiesOf, upsertContacts, workspaceFacts } from '../../contacts/index.js';
import type { Act } from './index.js';

/** Which field of a contact's input names whom by an identity, the strongest first. */
const fields = {
  external_id: 'externalId',
  email: 'email',
  phone: 'phone',
  anonymous_id: 'anonymousId',
} as const;

/** Sets an attribute of a contact. */
export const setAttribute: Act<'attribute'> = async (_services, tx, { contact, action, now }) => {
  const identities = await identitiesOf(tx, [contact.ordinal]);
  const named = Object.entries(fields).flatMap(([kind, field]) => {
    const own = identities.find((identity) => identity.kind === kind);
    return own ? [{ [field]: own.raw }] : [];
  })[0];
  if (!named) return { kind: 'skipped', reason: 'NO_ADDRESS', detail: 'It has no identity to be named by.' };
  const settings = { ...(await workspaceFacts(tx)), now, source: 'automation' };
  const [result] = await upsertContacts(tx, settings, [
    { ...named, attributes: { [action.key]: action.value } },
  ]);
  if (result?.ok) return { kind: 'done', detail: null };
  return { kind: 'failed', reason: 'REFUSED', detail: result?.problems[0]?.message ?? null };
};
