import type { CreateModule } from '../../platform/module.js';
import { companyLoaders } from './company-loaders.js';
import { CompanyResolver, CompanyResultResolver, WorkspaceCompaniesResolver } from './company.resolver.js';

export type { Company, CompanyInput, CompanySettings, PreparedCompany, UpsertedCompany } from './company.js';
export { companyLoaders, type CompanyLoaders } from './company-loaders.js';
export { companyDomainOf, type EmailDomain } from './company-domain.js';
export { companiesByIds, companiesOfDomains, ordinalsOfCompanies } from './company.repository.js';
export {
  CompanyInputType,
  CompanyType,
  toCompanyInput,
  toCompanyType,
  UpsertOutcome,
} from './company.types.js';
export { normaliseDomain, prepareCompany } from './prepare-company.js';
export { upsertCompanyInputs } from './upsert-company-inputs.js';
export { upsertCompanies } from './upsert-companies.js';

/** Companies and their attributes. */
export const createCompaniesModule: CreateModule = ({ withWorkspace }) => {
  const loaders = companyLoaders(withWorkspace);
  return {
    resolvers: [
      new WorkspaceCompaniesResolver(withWorkspace, loaders),
      new CompanyResultResolver(loaders),
      new CompanyResolver(loaders),
    ],
  };
};
