import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { loadValues, type HeldValues } from '../attributes/index.js';
import { consentsOf, type Consent } from '../consent/index.js';
import { identitiesOf, type Contact, type OwnedIdentity } from '../contacts/index.js';
import type { Needs } from './columns.js';

/** A contact with what the columns of an export need of it; what they do not need is empty. */
export interface ExportedContact extends Contact {
  values: HeldValues;
  company: HeldValues;
  identities: readonly OwnedIdentity[];
  consents: readonly Consent[];
}

const nothing: HeldValues = new Map();

/** Reads what columns need of a batch of contacts, in four statements at most. */
export async function loadContacts(
  tx: WorkspaceTransaction,
  contacts: readonly Contact[],
  needs: Needs,
): Promise<ExportedContact[]> {
  const ordinals = contacts.map(({ ordinal }) => ordinal);
  const companyIds = [...new Set(contacts.flatMap(({ companyId }) => companyId ?? []))];
  const values = await loadValues(tx, 'contact', ordinals, needs.contact);
  const companies = await loadValues(tx, 'company', companyIds, needs.company);
  const identities = needs.identities ? await identitiesOf(tx, ordinals) : [];
  const consents = needs.consents ? await consentsOf(tx, ordinals) : [];
  const identitiesByOrdinal = Map.groupBy(identities, ({ ordinal }) => ordinal);
  const consentsByOrdinal = Map.groupBy(consents, ({ ordinal }) => ordinal);
  return contacts.map((contact) => ({
    ...contact,
    values: values.get(contact.ordinal) ?? nothing,
    company: companies.get(contact.companyId ?? '') ?? nothing,
    identities: identitiesByOrdinal.get(contact.ordinal) ?? [],
    consents: consentsByOrdinal.get(contact.ordinal) ?? [],
  }));
}
