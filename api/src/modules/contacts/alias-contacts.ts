import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { diffValues, loadValues, writeValues } from '../attributes/index.js';
import { normaliseIdentity } from '../consent/index.js';
import type { ContactResult, UpsertSettings } from './contact-input.js';
import { lockContactsOf } from './contact.repository.js';
import { mergeContacts } from './merge-contacts.js';
import { upsertContacts } from './upsert-contacts.js';

/** Says that a contact was known under another id before. */
export interface ContactAlias {
  /** An external id or an anonymous id. */
  previousId: string;
  /** The external id from now on. */
  externalId: string;
}

/**
 * Makes whoever was known by the previous id part of the contact with the external id, which is made when there is none.
 * The previous id stays: whatever still comes under it belongs to that contact. What both hold stays as the latter's.
 */
export async function aliasContact(
  tx: WorkspaceTransaction,
  settings: UpsertSettings,
  { previousId, externalId }: ContactAlias,
): Promise<ContactResult> {
  const previous = normaliseIdentity('external_id', previousId, null);
  if (typeof previous === 'string') return unreadable(previous);
  const [source] = await lockContactsOf(tx, [previous], 'change');
  const input = source ? { externalId } : { externalId, anonymousId: previousId };
  const result = (await upsertContacts(tx, settings, [input]))[0]!;
  if (!source || !result.ok || result.ordinal === source.ordinal) return result;
  await takeOver(tx, source.ordinal, result.ordinal);
  await mergeContacts(tx, { from: [source.ordinal], into: [result.ordinal] });
  return { ...result, outcome: result.outcome === 'created' ? 'created' : 'updated' };
}

function unreadable(why: string): ContactResult {
  const problem = { code: 'INVALID_INPUT', path: 'previousId', message: `"previousId" ${why}` };
  return { ok: false, problems: [problem] };
}

/** Gives the one contact the values that it lacks and the other holds. */
async function takeOver(tx: WorkspaceTransaction, from: number, into: number): Promise<void> {
  const values = await loadValues(tx, 'contact', [from, into]);
  const [held, stored] = [values.get(from) ?? new Map(), values.get(into) ?? new Map()];
  await writeValues(tx, 'contact', diffValues(into, stored, new Map([...held, ...stored])));
}
