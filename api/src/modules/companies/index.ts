export type { Company, CompanyInput, CompanySettings, PreparedCompany, UpsertedCompany } from './company.js';
export { normaliseDomain, prepareCompany } from './prepare-company.js';
export { upsertCompanies } from './upsert-companies.js';
