import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound, type Problem } from '../../platform/errors.js';
import { noteChange, requireActiveList } from './edit-seed-lists.js';
import { candidatesFor, putMembers, removeMembers, type Candidate } from './seed-member.repository.js';

/** Contacts that one call may add or remove. */
const mostMembers = 1_000;

/** A contact for a seed list. */
export interface NewSeedMember {
  contactId: string;
  /** What it is worth, at least 0; else what the list's attribute says. */
  value?: number | null;
}

/** What became of one contact. */
export interface SeedMemberResult {
  contactId: string;
  /** Whether the list is different for it. */
  changed: boolean;
  /** Its value on the list now. */
  value: number | null;
  /** Why it has none, although the list has an attribute that should say it. */
  warning: Problem | null;
  error: Problem | null;
}

/**
 * Puts contacts on a seed list, or gives those that are on it another value; a result for each, in the given order.
 * Unknown contacts and values below 0 fail alone. Of a contact that is given twice, the last value counts.
 */
export async function addToSeedList(
  tx: WorkspaceTransaction,
  { id, members }: { id: string; members: readonly NewSeedMember[] },
): Promise<SeedMemberResult[]> {
  refuseTooMany(members, 'input.members');
  const list = await requireActiveList(tx, id);
  const candidates = await candidatesFor(
    tx,
    list,
    members.map(({ contactId }) => contactId),
  );
  const changed = new Set<Candidate>();
  const put = new Set<Candidate>();
  const results = members.map((member, index): SeedMemberResult => {
    const { contactId } = member;
    const candidate = candidates.get(contactId.toLowerCase());
    const error = faultOf(member, candidate, `input.members[${index}]`);
    if (!candidate || error) return { contactId, changed: false, value: null, warning: null, error };
    const value = member.value ?? usable(candidate.held) ?? candidate.value;
    const isNew = !candidate.isMember || candidate.value !== value;
    if (isNew) changed.add(candidate);
    // Who is on it because of a merge is on it of their own from now on, which changes nothing to be seen.
    if (isNew || candidate.cameWithMerge) put.add(candidate);
    Object.assign(candidate, { isMember: true, value, cameWithMerge: false });
    const attribute = value === null ? list.valueAttribute : null;
    const warning = attribute && missing(attribute, candidate, `input.members[${index}]`);
    return { contactId, changed: isNew, value, warning: warning || null, error: null };
  });
  await putMembers(tx, list.id, [...put]);
  if (changed.size > 0) noteChange(tx, list.id);
  return results;
}

/** Takes contacts off a seed list; a result for each, in the given order. */
export async function removeFromSeedList(
  tx: WorkspaceTransaction,
  { id, contactIds }: { id: string; contactIds: readonly string[] },
): Promise<SeedMemberResult[]> {
  refuseTooMany(contactIds, 'input.contactIds');
  const list = await requireActiveList(tx, id);
  const candidates = await candidatesFor(tx, list, contactIds);
  const gone: number[] = [];
  const results = contactIds.map((contactId, index): SeedMemberResult => {
    const candidate = candidates.get(contactId.toLowerCase());
    const error = candidate ? null : unknownContact(`input.contactIds[${index}]`);
    const changed = candidate?.isMember ?? false;
    if (candidate && changed) gone.push(candidate.ordinal);
    if (candidate) candidate.isMember = false;
    return { contactId, changed, value: null, warning: null, error };
  });
  await removeMembers(tx, list.id, gone);
  if (gone.length > 0) noteChange(tx, list.id);
  return results;
}

function refuseTooMany(items: readonly unknown[], path: string): void {
  if (items.length <= mostMembers) return;
  throw new Failure('TOO_LARGE', `At most ${mostMembers} contacts can be given at once.`, { path });
}

function faultOf({ value }: NewSeedMember, candidate: Candidate | undefined, path: string): Problem | null {
  if (!candidate) return unknownContact(`${path}.contactId`);
  if (value == null || (Number.isFinite(value) && value >= 0)) return null;
  return { code: 'INVALID_INPUT', path: `${path}.value`, message: 'A value is a number of at least 0.' };
}

function unknownContact(at: string): Problem {
  const { code, path, message } = notFound('contact', at);
  return { code, path, message };
}

function usable(held: number | null): number | null {
  return held !== null && held >= 0 ? held : null;
}

function missing(attribute: string, { held }: Candidate, path: string): Problem {
  return held === null
    ? { code: 'NO_VALUE', path, message: `The contact has no ${attribute}.` }
    : { code: 'NEGATIVE_VALUE', path, message: `The contact's ${attribute} is below 0.` };
}
