import type { Company } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { loadValues } from '../attributes/index.js';
import { companiesByIds } from '../companies/index.js';

const attributes = [
  'website',
  'email_domain',
  'linkedin_url',
  'stock_symbol',
  'industry',
  'city',
  'state',
  'country',
  'postal_code',
];

/** The companies as ad formats take them, in the given order. */
export async function loadCompanies(tx: WorkspaceTransaction, ids: readonly string[]): Promise<Company[]> {
  const rows = new Map((await companiesByIds(tx, ids)).map((company) => [company.id, company]));
  const values = await loadValues(tx, 'company', ids, attributes);
  return ids.map((id) => {
    const row = rows.get(id);
    const text = (key: string): string | null => values.get(id)?.get(key)?.value[0]?.text ?? null;
    return {
      name: row?.name,
      domain: row?.domain ?? text('website'),
      emailDomain: text('email_domain'),
      linkedinUrl: text('linkedin_url'),
      stockSymbol: text('stock_symbol'),
      industry: text('industry'),
      city: text('city'),
      state: text('state'),
      country: text('country'),
      postalCode: text('postal_code'),
    };
  });
}
