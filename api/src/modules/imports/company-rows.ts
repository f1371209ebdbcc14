import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { upsertCompanyInputs, type CompanyInput } from '../companies/index.js';
import { workspaceFacts } from '../contacts/index.js';
import { imported, type ImportedRows, type ImportSettings, type RowFate } from './imported-rows.js';
import type { CsvRecord } from './read-csv.js';
import { RowReader } from './row-to-contact.js';

/** Makes or changes the companies of rows. */
export async function importCompanyRows(
  transaction: WorkspaceTransaction,
  { input, now }: ImportSettings,
  rows: readonly CsvRecord[],
): Promise<ImportedRows> {
  const reader = new RowReader(input);
  const readings = rows.map((row) => read(reader, row));
  const companies = readings.flatMap((reading) => (reading.ok ? [reading.company] : []));
  const { timeZone } = await workspaceFacts(transaction);
  const results = (await upsertCompanyInputs(transaction, companies, { timeZone, now })).values();
  const fates = readings.map((reading): RowFate => {
    if (!reading.ok) return reading;
    const became = results.next().value!;
    if (became.ok) return { ok: true, outcome: became.outcome, about: keysOf(reading.company) };
    const problems = became.problems.map((problem) => ({ ...problem, path: within(problem.path) }));
    return { ok: false, problem: reader.sayAll(problems) };
  });
  return imported(rows, fates);
}

type Reading = { ok: true; company: CompanyInput } | { ok: false; problem: Problem };

function read(reader: RowReader, { cells }: CsvRecord): Reading {
  const reading = reader.read(cells);
  if (!reading.ok) return reading;
  const { company } = reading.contact;
  if (company) return { ok: true, company };
  const message = 'This row names no company: a domain, a name or an id is needed.';
  return { ok: false, problem: { code: 'INVALID_INPUT', path: '', message } };
}

/** `input.companies[3].attributes.city` is `company.attributes.city` of a row. */
function within(path: string): string {
  return path.replace(/^input\.companies\[\d+\]/u, 'company');
}

function keysOf({ externalId, domain, name }: CompanyInput): string[] {
  return [externalId, domain, externalId || domain ? null : name].flatMap((key, index) =>
    key ? [`${index} ${key}`] : [],
  );
}
