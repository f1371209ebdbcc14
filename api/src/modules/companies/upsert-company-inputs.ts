import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { steadyCatalog } from '../attributes/index.js';
import type { CompanyInput, UpsertedCompany } from './company.js';
import { prepareCompany } from './prepare-company.js';
import { upsertCompanies } from './upsert-companies.js';

/** Companies that one call may upsert. */
export const mostCompanies = 1_000;

/** What became of one company. */
export type CompanyResult = ({ ok: true } & UpsertedCompany) | { ok: false; problems: Problem[] };

/** Checks and upserts companies; a bad one is refused alone. Paths begin with `input.companies[i]`. */
export async function upsertCompanyInputs(
  tx: WorkspaceTransaction,
  inputs: readonly CompanyInput[],
  { timeZone, now }: { timeZone: string; now: Date },
): Promise<CompanyResult[]> {
  if (inputs.length > mostCompanies) {
    throw new Failure('TOO_LARGE', `At most ${mostCompanies} companies can be given at once.`, {
      path: 'input.companies',
    });
  }
  const catalog = await steadyCatalog(tx);
  const checked = inputs.map((input, index) =>
    prepareCompany(input, { timeZone, catalog }, `input.companies[${index}]`),
  );
  const prepared = checked.flatMap((item) => (item.ok ? [item.company] : []));
  const done = (await upsertCompanies(tx, prepared, now)).values();
  return checked.map((item) => (item.ok ? { ok: true, ...done.next().value! } : item));
}
