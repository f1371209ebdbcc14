import { setValue, textColumns, type ValueColumns } from '../attributes/index.js';
import type { UpsertedCompany } from '../companies/index.js';
import { applyMerge, type AppliedMerge } from './merging/take-over.js';
import type { Resolution } from './people.js';
import type { Person } from './person.js';
import type { PreparedContact } from './prepare-contact.js';

/**
 * Applies one item in memory.
 * @returns whether that changed anything, and the merges that it brought.
 */
export function applyItem(
  item: PreparedContact,
  { person, absorbed, primary }: Resolution,
  company: UpsertedCompany | undefined,
  now: Date,
): { changed: boolean; merges: AppliedMerge[] } {
  const merges = absorbed.map(applyMerge);
  let changed = false;
  for (const [key, value] of item.values) changed = setValue(person.held, key, value, now) || changed;
  for (const [key, value] of item.initial) {
    if (!person.held.has(key)) changed = setValue(person.held, key, value, now) || changed;
  }
  for (const { kind, value, mergedFrom } of primary) {
    // One that came with a merge leaves with it, so its mirror must not become the contact's own.
    const mirror = [textColumns(value) as ValueColumns];
    changed = setValue(person.held, kind, mirror, now, mergedFrom) || changed;
  }
  if (company) changed = setCompany(person, company) || changed;
  for (const consent of item.consents) changed = person.consents.say(consent) || changed;
  return { changed, merges };
}

/** A company that came with a merge and is given again is the contact's own from then on. */
function setCompany(person: Person, { companyId }: UpsertedCompany): boolean {
  const changed = person.companyId !== companyId;
  person.companyId = companyId;
  person.companyFrom = null;
  return changed;
}
