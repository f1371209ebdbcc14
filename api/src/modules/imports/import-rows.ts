import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { upsertContacts, type ContactInput, type ContactResult } from '../contacts/index.js';
import type { ImportInput, ImportProgress, Rejection } from './import.js';
import { insertRejections } from './import.repository.js';
import type { CsvRecord } from './read-csv.js';
import { RowReader } from './row-to-contact.js';

/** What importing rows needs to know. */
export interface ImportSettings {
  job: string;
  input: ImportInput;
  now: Date;
  /** When the file was handed over: what it says of consents without a date was said then, not when a worker gets to it. */
  uploadedAt: Date;
}

/** What became of a batch of rows: each is in exactly one of the counts. */
export type RowCounts = Pick<ImportProgress, 'created' | 'updated' | 'unchanged' | 'rejected'>;

/** Makes or changes the contacts of rows. Rows that cannot be taken are written down with the reason. */
export async function importRows(
  transaction: WorkspaceTransaction,
  settings: ImportSettings,
  rows: readonly CsvRecord[],
): Promise<RowCounts> {
  const reader = new RowReader(settings.input);
  const readings = rows.map((row) => reader.read(row.cells));
  const contacts = readings.flatMap((reading) => (reading.ok ? [reading.contact] : []));
  const results = (await upsert(transaction, settings, contacts)).values();
  const counts: RowCounts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const rejections: Rejection[] = [];
  for (const [index, reading] of readings.entries()) {
    const result: ContactResult = reading.ok
      ? results.next().value!
      : { ok: false, problems: [reading.problem] };
    counts[result.ok ? result.outcome : 'rejected'] += 1;
    if (!result.ok)
      rejections.push(reject(rows[index]!, reading.ok ? reader.sayAll(result.problems) : reading.problem));
  }
  await insertRejections(transaction, settings.job, rejections);
  return counts;
}

async function upsert(
  transaction: WorkspaceTransaction,
  { now, uploadedAt }: ImportSettings,
  contacts: readonly ContactInput[],
): Promise<ContactResult[]> {
  const [workspace] = await transaction.query<{ timeZone: string; defaultCountry: string | null }>(
    'select time_zone as "timeZone", default_country as "defaultCountry" from workspaces where id = $1',
    [transaction.workspaceId],
  );
  if (!workspace) throw new Error(`Workspace ${transaction.workspaceId} has gone.`);
  return upsertContacts(
    transaction,
    { ...workspace, now, consentsSaidAt: uploadedAt, source: 'import' },
    contacts,
  );
}

function reject(
  { line, cells }: CsvRecord,
  { code, path, message }: Omit<Rejection, 'line' | 'cells'>,
): Rejection {
  return { line, cells, code, path, message };
}
