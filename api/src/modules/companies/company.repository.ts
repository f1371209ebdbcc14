import { Collision, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Company } from './company.js';

/** The columns of a company, for queries over `companies` without an alias. */
export const companyColumns = `id, external_id as "externalId", domain, name, created_at as "createdAt",
  updated_at as "updatedAt"`;

/** What companies are looked up by. */
export interface CompanyKeys {
  externalIds: string[];
  domains: string[];
  names: string[];
}

/** The companies that any of the keys means, locked against other writers; the first made of a name comes first. */
export async function lockCompanies(tx: WorkspaceTransaction, keys: CompanyKeys): Promise<Company[]> {
  return tx.query(
    `select ${companyColumns} from companies
     where id in (
       select id from companies where external_id = any($1::text[])
       union all select id from companies where domain = any($2::text[])
       union all select id from companies where name = any($3::text[])
     )
     order by created_at, id for no key update`,
    [keys.externalIds, keys.domains, keys.names],
  );
}

/**
 * Which companies these domains mean: the company's own domain, else the attribute `email_domain`. Null when the
 * workspace does not want companies from e-mail addresses.
 */
export async function companiesOfDomains(
  tx: WorkspaceTransaction,
  domains: readonly string[],
): Promise<Map<string, string> | null> {
  const [row] = await tx.query<{ wanted: boolean; known: [domain: string, companyId: string][] | null }>(
    `select companies_from_email as wanted, (
       select json_agg(json_build_array(domain, id)) from (
         select distinct on (domain) domain, id from (
           select domain, id, 1 as rank, created_at from companies where domain = any($2::text[])
           union all
           select a.folded, c.id, 2, c.created_at from company_attributes as a join companies as c on c.id = a.company_id
           where a.key = 'email_domain' and a.folded = any($2::text[])
         ) as candidates order by domain, rank, created_at, id
       ) as best
     ) as known from workspaces where id = $1`,
    [tx.workspaceId, domains],
  );
  return row?.wanted ? new Map(row.known ?? []) : null;
}

/** Lets one transaction of the workspace at a time make companies that are known by nothing but a name. */
export async function lockCompanyNames(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('company-names:' || $1::text, 0))`, [
    tx.workspaceId,
  ]);
}

/** Stores new companies. Throws {@link Collision} when another transaction made one of them meanwhile. */
export async function insertCompanies(
  tx: WorkspaceTransaction,
  companies: readonly Company[],
): Promise<void> {
  if (companies.length === 0) return;
  const inserted = await tx.query(
    `insert into companies (workspace_id, id, external_id, domain, name, created_at, updated_at)
     select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
     on conflict do nothing returning id`,
    [tx.workspaceId, ...columnsOf(companies), companies.map((company) => company.createdAt.toISOString())],
  );
  if (inserted.length < companies.length) throw new Collision('A company was made by another transaction.');
}

/** Takes the domains from companies, so that others of the same transaction can have them. */
export async function releaseDomains(tx: WorkspaceTransaction, companyIds: readonly string[]): Promise<void> {
  if (companyIds.length === 0) return;
  await tx.query('update companies set domain = null where id = any($1::uuid[])', [companyIds]);
}

/** Stores what changed of companies. Throws {@link Collision} when another transaction took a key of theirs. */
export async function updateCompanies(
  tx: WorkspaceTransaction,
  companies: readonly Company[],
): Promise<void> {
  if (companies.length === 0) return;
  try {
    await tx.query(
      `update companies as c
       set external_id = n.external_id, domain = n.domain, name = n.name, updated_at = n.updated_at
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
         as n (id, external_id, domain, name, updated_at)
       where c.id = n.id`,
      columnsOf(companies),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== '23505') throw error;
    throw new Collision('A key of a company was taken by another transaction.', { cause: error });
  }
}

function columnsOf(companies: readonly Company[]): unknown[][] {
  return [
    companies.map((company) => company.id),
    companies.map((company) => company.externalId),
    companies.map((company) => company.domain),
    companies.map((company) => company.name),
    companies.map((company) => company.updatedAt.toISOString()),
  ];
}

/**
 * The contacts of companies, by company, for whom something of the company changes with this transaction. Until it ends
 * nobody can join them: PostgreSQL asks for the company of a contact, and waits for the lock that is taken here. Somebody
 * who joined in between would be in no entry of the change feed that says what they have now.
 */
export async function ordinalsOfCompanies(
  tx: WorkspaceTransaction,
  companyIds: readonly string[],
): Promise<Map<string, number[]>> {
  // A statement of its own: whoever was waited for is only seen by the next one.
  await tx.query('select from companies where id = any($1::uuid[]) order by id for update', [companyIds]);
  const rows = await tx.query<{ companyId: string; ordinals: number[] }>(
    `select company_id as "companyId", array_agg(ordinal) as ordinals from contacts
     where company_id = any($1::uuid[]) group by company_id`,
    [companyIds],
  );
  return new Map(rows.map((row) => [row.companyId, row.ordinals]));
}

/** Which companies to list. */
export interface CompanyFilter {
  /** The beginning of the name or domain, folded; or the whole external id. */
  search: string | null;
}

/** A company with its time of creation in full precision, for cursors. */
export type CompanyRow = Company & { createdExactly: string };

/** Companies, the newest first, after the one named. */
export async function listCompanies(
  tx: WorkspaceTransaction,
  { search }: CompanyFilter,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<CompanyRow[]> {
  return tx.query(
    `select ${companyColumns}, created_at::text as "createdExactly" from companies
     where ($1::text is null or (created_at, id) < ($1::timestamptz, $2::uuid))
       and ($3::text is null or starts_with(domain, $3) or starts_with(lower(name), $3) or lower(external_id) = $3)
     order by created_at desc, id desc limit $4`,
    [after?.[0] ?? null, after?.[1] ?? null, search, limit],
  );
}

/** Companies by their ids, in no order. */
export async function companiesByIds(tx: WorkspaceTransaction, ids: readonly string[]): Promise<Company[]> {
  return tx.query(`select ${companyColumns} from companies where id = any($1::uuid[])`, [ids]);
}
