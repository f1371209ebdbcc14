import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  erasedCode,
  identitiesInRow,
  namingNobodyErased,
  upsertContacts,
  workspaceFacts,
  type ContactInput,
  type ContactResult,
  type UpsertSettings,
} from '../contacts/index.js';
import { steadyCatalog } from '../attributes/index.js';
import type { Identity } from '../consent/index.js';
import { insertEffects, refreshCreated } from './import-effects.repository.js';
import type { ImportInput, ImportProgress, Rejection } from './import.js';
import { EffectsWatch, identitiesOfInput } from './note-effects.js';
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

/** What became of rows: each is in exactly one of the counts. */
export type RowCounts = Pick<ImportProgress, 'created' | 'updated' | 'unchanged' | 'rejected'>;

/** What became of a row, and whom it was about, where it was taken. */
export interface RowOutcome {
  outcome: keyof RowCounts;
  identities: readonly Identity[];
}

/** What became of a batch of rows. */
export interface ImportedRows {
  /** In the order of the rows. */
  outcomes: RowOutcome[];
  /** Those that could not be taken, with the reason. */
  rejections: Rejection[];
}

/** Makes or changes the contacts of rows, and notes what it takes to undo that. */
export async function importRows(
  transaction: WorkspaceTransaction,
  { job, input, now, uploadedAt }: ImportSettings,
  rows: readonly CsvRecord[],
): Promise<ImportedRows> {
  const reader = new RowReader(input);
  const readings = rows.map((row) => reader.read(row.cells));
  const contacts = readings.flatMap((reading) => (reading.ok ? [reading.contact] : []));
  const workspace = await workspaceFacts(transaction);
  const identities = contacts.map((contact) => identitiesOfInput(contact, workspace.defaultCountry));
  const settings = { ...workspace, now, consentsSaidAt: uploadedAt, source: 'import' };
  const results = await upsertAndNote(transaction, { job, settings, contacts, identities });
  const [result, identity] = [results.values(), identities.values()];
  const done: ImportedRows = { outcomes: [], rejections: [] };
  for (const [index, reading] of readings.entries()) {
    const became: ContactResult = reading.ok
      ? result.next().value!
      : { ok: false, problems: [reading.problem] };
    const meant = reading.ok ? identity.next().value! : [];
    done.outcomes.push({ outcome: became.ok ? became.outcome : 'rejected', identities: meant });
    if (!became.ok) {
      const problem = reading.ok ? reader.sayAll(became.problems) : reading.problem;
      done.rejections.push(reject(rows[index]!, problem));
    }
  }
  const who = { targets: input.targets, country: workspace.defaultCountry };
  return { ...done, rejections: await withoutErased(transaction, done.rejections, who) };
}

/** Of a row that names somebody who was erased, it is kept that it was there, and nothing of what it said. */
async function withoutErased(
  transaction: WorkspaceTransaction,
  rejections: readonly Rejection[],
  { targets, country }: { targets: ImportInput['targets']; country: string | null },
): Promise<Rejection[]> {
  const named = rejections.map(({ cells }) => ({
    identities: () => identitiesInRow(cells, targets, country),
  }));
  const mayStay = await namingNobodyErased(transaction, named);
  return rejections.map((rejection, index) => (mayStay[index] ? rejection : emptied(rejection.line)));
}

/** What is kept of a row about somebody who was erased. */
export function emptied(line: number): Rejection {
  return { line, code: erasedCode, path: '', message: 'This row names somebody who was erased.', cells: [] };
}

/** Contacts to be upserted by an import, each with the identities that it names. */
interface Batch {
  job: string;
  settings: UpsertSettings;
  contacts: readonly ContactInput[];
  identities: readonly (readonly Identity[])[];
}

async function upsertAndNote(
  transaction: WorkspaceTransaction,
  { job, settings, contacts, identities }: Batch,
): Promise<ContactResult[]> {
  const catalog = await steadyCatalog(transaction);
  const watch = new EffectsWatch(transaction, contacts, catalog);
  await watch.begin(identities.flat());
  const results = await upsertContacts(transaction, { ...settings, catalog }, contacts);
  const changed = results.flatMap((result) =>
    result.ok && result.outcome !== 'unchanged' ? [result.ordinal] : [],
  );
  await insertEffects(transaction, job, await watch.finish(results, settings.now));
  await refreshCreated(transaction, job, watch.known, new Set(changed), settings.now);
  return results;
}

function reject(
  { line, cells }: CsvRecord,
  { code, path, message }: Omit<Rejection, 'line' | 'cells'>,
): Rejection {
  return { line, cells, code, path, message };
}

/** How often each outcome occurs. */
export function countOutcomes(outcomes: readonly Pick<RowOutcome, 'outcome'>[]): RowCounts {
  const counts: RowCounts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  return counts;
}
