import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import {
  diffValues,
  loadValues,
  setValue,
  textColumns,
  writeValues,
  type HeldValues,
  type ValueColumns,
} from '../attributes/index.js';
import type { Company, PreparedCompany, UpsertedCompany } from './company.js';
import {
  insertCompanies,
  lockCompanies,
  lockCompanyNames,
  ordinalsOfCompanies,
  releaseDomains,
  updateCompanies,
} from './company.repository.js';

/** A company in the course of a batch. */
interface Draft {
  company: Company;
  isNew: boolean;
  touched: boolean;
  /** The domain that the database holds for it. */
  storedDomain: string | null;
  stored: HeldValues;
  held: HeldValues;
}

/**
 * Makes or changes companies, in order, in a handful of statements whatever their number. A company is found by its
 * external id, else its domain, else, when it has neither, its name. Changed attributes are noted in the change feed for
 * every contact of the company. Throws Collision when it lost a race.
 * @returns a result for each, in the given order; two that mean the same company get the same id.
 */
export async function upsertCompanies(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedCompany[],
  now: Date,
): Promise<UpsertedCompany[]> {
  if (prepared.length === 0) return [];
  const drafts = await loadDrafts(tx, prepared);
  const results = prepared.map((company) => drafts.apply(company, now));
  const made = drafts.all.filter((draft) => draft.isNew);
  const changed = drafts.all.filter((draft) => !draft.isNew && draft.touched);
  // A domain that one company gives up may be another's by the end of the batch, so it is free before it is taken.
  await releaseDomains(
    tx,
    changed.filter(givesUpDomain).map((draft) => draft.company.id),
  );
  await insertCompanies(
    tx,
    made.map((draft) => draft.company),
  );
  await updateCompanies(
    tx,
    changed.map((draft) => draft.company),
  );
  await saveValues(tx, [...made, ...changed]);
  return results;
}

function givesUpDomain({ company, storedDomain }: Draft): boolean {
  return storedDomain !== null && storedDomain !== company.domain;
}

async function loadDrafts(tx: WorkspaceTransaction, prepared: readonly PreparedCompany[]): Promise<Drafts> {
  const nameOnly = prepared.filter((company) => !company.externalId && !company.domain);
  const keys = {
    externalIds: distinct(prepared.map((company) => company.externalId)),
    domains: distinct(prepared.map((company) => company.domain)),
    names: distinct(nameOnly.map((company) => company.name)),
  };
  let companies = await lockCompanies(tx, keys);
  const known = new Set(companies.map((company) => company.name));
  if (keys.names.some((name) => !known.has(name))) {
    // No unique key keeps two transactions from making the same name, so the second waits and looks again.
    await lockCompanyNames(tx);
    companies = await lockCompanies(tx, keys);
  }
  const attributeKeys = distinct([...mirrors, ...prepared.flatMap((company) => [...company.values.keys()])]);
  const ids = companies.map((company) => company.id);
  return new Drafts(companies, await loadValues(tx, 'company', ids, attributeKeys));
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}

/** Columns of a company that rules can ask for as attributes. */
const mirrors = ['external_id', 'domain', 'name'] as const;

/** The companies of one batch, stored and new. */
class Drafts {
  readonly all: Draft[] = [];
  readonly #byExternalId = new Map<string, Draft>();
  readonly #byDomain = new Map<string, Draft>();
  readonly #byName = new Map<string, Draft>();

  constructor(companies: readonly Company[], stored: Map<string, HeldValues>) {
    for (const company of companies) {
      const values: HeldValues = stored.get(company.id) ?? new Map();
      this.#add({
        company,
        isNew: false,
        touched: false,
        storedDomain: company.domain,
        stored: values,
        held: new Map(values),
      });
    }
  }

  #add(draft: Draft): Draft {
    this.all.push(draft);
    this.#index(draft);
    return draft;
  }

  #index(draft: Draft): void {
    const { externalId, domain, name } = draft.company;
    if (externalId) this.#byExternalId.set(externalId, draft);
    if (domain) this.#byDomain.set(domain, draft);
    if (!this.#byName.has(name)) this.#byName.set(name, draft);
  }

  apply(prepared: PreparedCompany, now: Date): UpsertedCompany {
    const found = this.#find(prepared);
    const draft = found ?? this.#make(prepared, now);
    const before = draft.touched;
    draft.touched = false;
    const warnings = [...prepared.warnings, ...this.#takeKeys(draft, prepared)];
    if (prepared.name && prepared.name !== draft.company.name) this.#change(draft, { name: prepared.name });
    for (const [key, value] of prepared.values) {
      if (setValue(draft.held, key, value, now)) draft.touched = true;
    }
    if (this.#mirror(draft, now)) draft.touched = true;
    const outcome = !found ? 'created' : draft.touched ? 'updated' : 'unchanged';
    if (draft.touched) draft.company = { ...draft.company, updatedAt: now };
    draft.touched ||= before;
    return { companyId: draft.company.id, outcome, warnings };
  }

  #find({ externalId, domain, name }: PreparedCompany): Draft | undefined {
    const byId = externalId ? this.#byExternalId.get(externalId) : undefined;
    if (byId) return byId;
    const byDomain = domain ? this.#byDomain.get(domain) : undefined;
    // Another external id means another company, such as a subsidiary under the same domain.
    if (byDomain) return externalId && byDomain.company.externalId ? undefined : byDomain;
    return !externalId && !domain && name ? this.#byName.get(name) : undefined;
  }

  #make({ externalId, domain, name }: PreparedCompany, now: Date): Draft {
    const free = domain && !this.#byDomain.has(domain) ? domain : null;
    const company: Company = {
      id: newId(),
      externalId,
      domain: free,
      name: name ?? domain ?? externalId ?? '',
      createdAt: now,
      updatedAt: now,
    };
    return this.#add({
      company,
      isNew: true,
      touched: true,
      storedDomain: null,
      stored: new Map(),
      held: new Map(),
    });
  }

  /** Gives the company the keys that it lacks and nobody else has; an external id, once given, stays. */
  #takeKeys(draft: Draft, { externalId, domain, path }: PreparedCompany): Problem[] {
    if (externalId && !draft.company.externalId) this.#change(draft, { externalId });
    if (!domain || domain === draft.company.domain) return [];
    if (!this.#byDomain.has(domain)) {
      this.#change(draft, { domain });
      return [];
    }
    return [
      {
        code: 'IDENTITY_CONFLICT',
        path: `${path}.domain`,
        message: 'This domain belongs to another company.',
      },
    ];
  }

  #change(draft: Draft, change: Partial<Company>): void {
    if (change.domain && draft.company.domain) this.#byDomain.delete(draft.company.domain);
    draft.company = { ...draft.company, ...change };
    draft.touched = true;
    this.#index(draft);
  }

  /** True when a mirrored column differs from what is held. */
  #mirror(draft: Draft, now: Date): boolean {
    const { externalId, domain, name } = draft.company;
    const columns = { external_id: externalId, domain, name };
    const changes = mirrors.map((key) => {
      const text = columns[key];
      return setValue(draft.held, key, text === null ? null : [textColumns(text) as ValueColumns], now);
    });
    return changes.includes(true);
  }
}

async function saveValues(tx: WorkspaceTransaction, drafts: readonly Draft[]): Promise<void> {
  const writes = drafts.flatMap(({ company, stored, held }) => diffValues(company.id, stored, held));
  await writeValues(tx, 'company', writes);
  const isNew = new Set(drafts.filter((draft) => draft.isNew).map((draft) => draft.company.id));
  const changes = writes.filter((write) => !isNew.has(write.holder));
  if (changes.length === 0) return;
  const ordinals = await ordinalsOfCompanies(tx, distinct(changes.map((write) => write.holder)));
  for (const { holder, key } of changes) tx.changed(ordinals.get(holder) ?? [], `company.${key}`);
}
