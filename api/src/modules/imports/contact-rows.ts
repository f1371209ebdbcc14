import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  upsertContacts,
  workspaceFacts,
  type ContactInput,
  type ContactResult,
  type UpsertSettings,
} from '../contacts/index.js';
import { steadyCatalog } from '../attributes/index.js';
import type { Identity } from '../consent/index.js';
import { insertEffects, refreshCreated } from './import-effects.repository.js';
import {
  imported,
  withoutErased,
  type ImportedRows,
  type ImportSettings,
  type RowFate,
} from './imported-rows.js';
import { EffectsWatch, identitiesOfInput, identityKey } from './note-effects.js';
import type { CsvRecord } from './read-csv.js';
import { RowReader } from './row-to-contact.js';

/** Makes or changes the contacts of rows, and notes what it takes to undo that. */
export async function importContactRows(
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
  const fates = readings.map((reading): RowFate => {
    if (!reading.ok) return reading;
    const [became, meant] = [result.next().value!, identity.next().value!];
    if (!became.ok) return { ok: false, problem: reader.sayAll(became.problems) };
    return { ok: true, outcome: became.outcome, about: meant.map(identityKey) };
  });
  const { outcomes, rejections } = imported(rows, fates);
  const who = { targets: input.targets, country: workspace.defaultCountry };
  return { outcomes, rejections: await withoutErased(transaction, rejections, who) };
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
