import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { attributeCatalog, loadValues, showValues, type HeldAttributeType } from '../attributes/index.js';
import { companiesByIds } from './company.repository.js';
import { toCompanyType, type CompanyType } from './company.types.js';

/** Reads companies by id, many in one statement. */
export interface CompanyLoaders {
  company: DataLoader<string, CompanyType | null>;
  attributes: DataLoader<string, HeldAttributeType[]>;
}

/** Makes the loaders of a request. */
export function companyLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<CompanyLoaders>> {
  return perRequest((workspaceId) => ({
    company: new DataLoader((ids) =>
      withWorkspace(workspaceId, async (tx) => {
        const byId = new Map((await companiesByIds(tx, ids)).map((company) => [company.id, company]));
        return ids.map((id) => {
          const company = byId.get(id);
          return company ? toCompanyType(workspaceId, company) : null;
        });
      }),
    ),
    attributes: new DataLoader((ids) =>
      withWorkspace(workspaceId, async (tx) => {
        const { company: definitions } = await attributeCatalog(tx);
        const values = await loadValues(tx, 'company', ids);
        return ids.map((id) => showValues(definitions, values.get(id) ?? new Map()));
      }),
    ),
  }));
}
