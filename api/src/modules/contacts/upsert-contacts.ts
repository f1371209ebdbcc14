import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { steadyCatalog } from '../attributes/index.js';
import type { UpsertedCompany } from '../companies/index.js';
import { applyItem } from './apply-item.js';
import { upsertCompaniesOf } from './companies-of-items.js';
import type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
import type { ContactLock } from './contact.repository.js';
import { leaveOutBlocked } from './identities/leave-out-blocked.js';
import { noteConflicts } from './identities/note-conflicts.js';
import { loadHeld, loadPeople } from './load-people.js';
import type { AppliedMerge } from './merging/take-over.js';
import { isMirrored, markUpdated, type People, type Resolution } from './people.js';
import { prepareContact, type PreparedContact } from './prepare-contact.js';
import { writePeople } from './write-people.js';

/**
 * Makes or changes contacts, a result for each in the given order. The one way in for GraphQL, the tracking API and
 * imports; a batch costs a handful of statements, whatever its size.
 *
 * Items are checked first: a bad one is refused alone. Then they are applied in order, so two that mean the same contact
 * add up. External id, e-mail, phone and anonymous id decide in this order who is meant. An identity of another contact
 * makes the two one where the workspace's rules say so, and stays there with the warning IDENTITY_CONFLICT where they do
 * not; README.md has the rules. Only real changes are noted in the change feed.
 *
 * Throws Collision when another transaction made one of the contacts meanwhile: withWorkspace then runs the work again.
 */
export async function upsertContacts(
  tx: WorkspaceTransaction,
  settings: UpsertSettings,
  inputs: readonly ContactInput[],
): Promise<ContactResult[]> {
  const catalog = settings.catalog ?? (await steadyCatalog(tx));
  const checked = inputs.map((input) => prepareContact(input, { ...settings, catalog }));
  const prepared = checked.flatMap((item) => (item.ok ? [item.contact] : []));
  const done = (await applyContacts(tx, prepared, settings)).values();
  return checked.map((item) => (item.ok ? done.next().value! : { ok: false, problems: item.problems }));
}

/** Items whose every identity is blocked mean nobody; the others are applied. */
async function applyContacts(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedContact[],
  { now }: UpsertSettings,
): Promise<ContactResult[]> {
  if (prepared.length === 0) return [];
  const settings = await leaveOutBlocked(tx, prepared, now);
  const known = prepared.filter((item) => item.identities.length > 0);
  const people = await loadPeople(tx, {
    identities: known.flatMap((item) => [...item.identities, ...item.previous]),
    lock: lockFor(known),
    settings,
    now,
  });
  const done = (await applyKnown(tx, people, known, now)).values();
  await noteConflicts(tx, people, settings, now);
  return prepared.map((item) =>
    item.identities.length > 0 ? done.next().value! : { ok: false, problems: item.warnings },
  );
}

async function applyKnown(
  tx: WorkspaceTransaction,
  people: People,
  prepared: readonly PreparedContact[],
  now: Date,
): Promise<ContactResult[]> {
  const resolutions = prepared.map((item) => people.resolve(item));
  const companies = await upsertCompaniesOf(tx, prepared, resolutions, now);
  await loadHeldValues(tx, people, prepared, resolutions);
  const merges: AppliedMerge[] = [];
  prepared.forEach((item, index) => {
    const applied = applyItem(item, resolutions[index]!, companies.get(item), now);
    merges.push(...applied.merges);
    if (applied.changed) markUpdated(resolutions[index]!);
  });
  await writePeople(tx, { people: people.all, merges, mergedBy: 'system' }, now);
  return resolutions.map((resolution, index) =>
    resultOf(resolution, prepared[index]!, companies.get(prepared[index]!)),
  );
}

function resultOf(
  { person, outcome, warnings }: Resolution,
  item: PreparedContact,
  company: UpsertedCompany | undefined,
): ContactResult {
  return {
    ok: true,
    contactId: person.current.id,
    ordinal: person.current.ordinal!,
    mergedFrom: person.origin,
    outcome,
    warnings: [...item.warnings, ...warnings, ...companyWarnings(company)],
  };
}

function companyWarnings(company: UpsertedCompany | undefined): Problem[] {
  // Those of the input are among the item's own.
  return company?.warnings.filter((warning) => warning.code === 'IDENTITY_CONFLICT') ?? [];
}

/** Events of one contact may arrive in many batches at once: they do not wait for each other as long as nothing is set. */
function lockFor(prepared: readonly PreparedContact[]): ContactLock {
  const sets = prepared.some(
    (item) =>
      item.identities.length + item.previous.length > 1 ||
      item.values.size > 0 ||
      item.initial.size > 0 ||
      item.company ||
      item.consents.length > 0,
  );
  return sets ? 'change' : 'stay';
}

/** Of most contacts only what the items set is read; of those that merge, everything. */
async function loadHeldValues(
  tx: WorkspaceTransaction,
  people: People,
  prepared: readonly PreparedContact[],
  resolutions: readonly Resolution[],
): Promise<void> {
  const keys = new Set<string>(prepared.flatMap((item) => [...item.values.keys(), ...item.initial.keys()]));
  for (const item of prepared) {
    for (const identity of item.identities) if (isMirrored(identity.kind)) keys.add(identity.kind);
  }
  const merges = resolutions.flatMap(({ absorbed }) => absorbed);
  const merging = new Set(merges.flatMap(({ winner, loser }) => [winner, loser]));
  const speaking = resolutions.filter((_, index) => prepared[index]!.consents.length > 0);
  const stored = people.all.filter((person) => !person.isNew);
  await loadHeld(tx, stored, {
    keys: [...keys],
    merging: [...merging],
    speaking: speaking.map(({ person }) => person),
  });
}
