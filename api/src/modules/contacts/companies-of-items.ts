import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  companiesOfDomains,
  companyDomainOf,
  upsertCompanies,
  type EmailDomain,
  type PreparedCompany,
  type UpsertedCompany,
} from '../companies/index.js';
import type { Resolution } from './people.js';
import type { Person } from './person.js';
import type { PreparedContact } from './prepare-contact.js';

/**
 * The companies of items: those that they name, and for contacts that have none and are given an e-mail address, the one
 * of its domain. Unknown ones are made.
 * @param resolutions whom the items mean, in the same order.
 */
export async function upsertCompaniesOf(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedContact[],
  resolutions: readonly Resolution[],
  now: Date,
): Promise<Map<PreparedContact, UpsertedCompany>> {
  const { known, unknown } = await lookUp(tx, domainsOfItems(prepared, resolutions));
  const named = prepared.filter((item) => item.company !== null);
  // The named ones first: they may be those of the domains, and have a name.
  const items = [...named, ...unknown.keys()];
  const companies = [
    ...named.map((item) => item.company!),
    ...[...unknown.values()].map((domain) => companyOfDomain(domain)),
  ];
  const results = await upsertCompanies(tx, companies, now);
  return new Map([...known, ...items.map((item, index) => [item, results[index]!] as const)]);
}

/** The items whose address tells the company, one of a contact. */
function domainsOfItems(
  prepared: readonly PreparedContact[],
  resolutions: readonly Resolution[],
): Map<PreparedContact, EmailDomain> {
  const settled = new Set(
    resolutions.flatMap(({ person }, index) =>
      prepared[index]!.company || person.companyId !== null ? [person.current] : [],
    ),
  );
  for (const { absorbed } of resolutions) {
    for (const { winner, loser } of absorbed) if (loser.companyId !== null) settled.add(winner.current);
  }
  const domains = new Map<PreparedContact, EmailDomain>();
  for (const [index, { person }] of resolutions.entries()) {
    const domain = settled.has(person.current) ? undefined : newDomainOf(prepared[index]!, person.current);
    if (!domain) continue;
    domains.set(prepared[index]!, domain);
    settled.add(person.current);
  }
  return domains;
}

/** Only a new address tells the company: who was taken out of one by hand is not put back by the next call. */
function newDomainOf({ identities }: PreparedContact, person: Person): EmailDomain | undefined {
  const email = identities.find(({ kind }) => kind === 'email');
  const isNew = person.newIdentities.some(({ kind, value }) => kind === 'email' && value === email?.value);
  return email && isNew ? companyDomainOf(email.value) : undefined;
}

interface LookedUp {
  known: Map<PreparedContact, UpsertedCompany>;
  /** The domains of companies that have to be made. */
  unknown: Map<PreparedContact, string>;
}

/** One statement for the batch, and none when no address tells anything. */
async function lookUp(
  tx: WorkspaceTransaction,
  domains: ReadonlyMap<PreparedContact, EmailDomain>,
): Promise<LookedUp> {
  const found: LookedUp = { known: new Map(), unknown: new Map() };
  if (domains.size === 0) return found;
  const names = [...domains.values()].flatMap(({ host, registrable }) => [host, registrable]);
  const companies = await companiesOfDomains(tx, [...new Set(names)]);
  if (!companies) return found;
  for (const [item, { host, registrable }] of domains) {
    const companyId = companies.get(host) ?? companies.get(registrable);
    if (companyId) found.known.set(item, { companyId, outcome: 'unchanged', warnings: [] });
    else found.unknown.set(item, registrable);
  }
  return found;
}

function companyOfDomain(domain: string): PreparedCompany {
  return { externalId: null, domain, name: null, values: new Map(), warnings: [], path: 'email' };
}
