import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { unguardCell } from '../../platform/files/formula.js';
import { parseInstant } from '../attributes/index.js';
import { workspaceFacts, type UpsertSettings } from '../contacts/index.js';
import { recordSignals, type SignalInput } from '../signals/index.js';
import { readDate } from './date-format.js';
import type { ImportInput } from './import.js';
import {
  imported,
  withoutErased,
  type ImportedRows,
  type ImportSettings,
  type RowFate,
} from './imported-rows.js';
import { identitiesOfInput, identityKey } from './note-effects.js';
import type { CsvRecord } from './read-csv.js';
import { RowReader } from './row-to-contact.js';

/** Records the signals of rows. */
export async function importSignalRows(
  transaction: WorkspaceTransaction,
  { input, now, uploadedAt }: ImportSettings,
  rows: readonly CsvRecord[],
): Promise<ImportedRows> {
  const facts = await workspaceFacts(transaction);
  const reader = new SignalRowReader(input, facts, uploadedAt);
  const readings = rows.map((row) => reader.read(row.cells));
  const signals = readings.flatMap((reading) => (reading.ok ? [reading.signal] : []));
  const results = (await recordSignals(transaction, signals, { ...facts, now, source: 'import' })).values();
  const fates = readings.map((reading): RowFate => {
    if (!reading.ok) return reading;
    const became = results.next().value!;
    if (!became.ok) return { ok: false, problem: reader.sayAll(became.problems) };
    return { ok: true, outcome: became.outcome, about: aboutOf(reading.signal, facts.defaultCountry) };
  });
  const { outcomes, rejections } = imported(rows, fates);
  const who = { targets: input.targets, country: facts.defaultCountry };
  return { outcomes, rejections: await withoutErased(transaction, rejections, who) };
}

/** What a row is about: what this source says about them under this name. */
function aboutOf({ contact, company, name, source }: SignalInput, country: string | null): string[] {
  const subjects = contact
    ? identitiesOfInput(contact, country).map(identityKey)
    : [JSON.stringify([company?.externalId, company?.domain, company?.name])];
  return subjects.map((subject) => `${subject} ${name.toLowerCase()} ${source.toLowerCase()}`);
}

type Reading = { ok: true; signal: SignalInput } | { ok: false; problem: Problem };

/** A number as scores are written; what has a zero in front, such as a postal code, is a text. */
const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u;

/** Where a problem of a signal is, by its path. */
const targetOfField: Record<string, string> = {
  name: 'signal.name',
  source: 'signal.source',
  value: 'signal.value',
  observedAt: 'signal.observed_at',
};

/** Reads the rows of a file of signals. */
class SignalRowReader {
  readonly #input: ImportInput;
  readonly #facts: Pick<UpsertSettings, 'timeZone'>;
  readonly #uploadedAt: Date;
  /** Of whom it is, as in a file of contacts. */
  readonly #subjects: RowReader;

  constructor(input: ImportInput, facts: Pick<UpsertSettings, 'timeZone'>, uploadedAt: Date) {
    this.#input = input;
    this.#facts = facts;
    this.#uploadedAt = uploadedAt;
    const targets = input.targets.map((target) => (target?.startsWith('signal.') ? null : target));
    this.#subjects = new RowReader({ headers: input.headers, targets });
  }

  read(cells: readonly string[]): Reading {
    const reading = this.#subjects.read(cells);
    if (!reading.ok) return reading;
    const { externalId, email, phone, company } = reading.contact;
    const isContact = Boolean(externalId || email || phone);
    if (!isContact && !company) return this.#refuse('', 'This row names neither a contact nor a company.');
    const observedAt = this.#observedAt(cells);
    if (!observedAt) return this.#refuse('signal.observed_at', 'This is no date.');
    const value = this.#cell(cells, 'signal.value');
    const signal: SignalInput = {
      ...(isContact ? { contact: { externalId, email, phone } } : { company }),
      name: this.#cell(cells, 'signal.name'),
      source: this.#cell(cells, 'signal.source') || (this.#input.signalSource ?? ''),
      value: numeric.test(value) ? Number(value) : value,
      observedAt,
    };
    return { ok: true, signal };
  }

  /** Says the problems of a signal in the words of the file. */
  sayAll(problems: readonly Problem[]): Problem {
    const [first] = problems;
    const target = targetOfField[first!.path];
    if (target === undefined) {
      const own = problems.map((problem) => ({ ...problem, path: problem.path.replace(/^contact\./u, '') }));
      return this.#subjects.sayAll(own);
    }
    const message = problems.map((problem) => problem.message).join(' ');
    return { code: first!.code, path: this.#headerOf(target), message };
  }

  /** A file without dates is of when it was handed over. */
  #observedAt(cells: readonly string[]): Date | undefined {
    const cell = this.#cell(cells, 'signal.observed_at');
    if (cell === '') return this.#uploadedAt;
    const index = this.#input.targets.indexOf('signal.observed_at');
    const date = readDate(cell, this.#input.dateFormats?.[index] ?? 'iso');
    const instant = date === undefined ? undefined : parseInstant(date, this.#facts.timeZone);
    return instant === undefined ? undefined : new Date(instant);
  }

  #cell(cells: readonly string[], target: string): string {
    const index = this.#input.targets.indexOf(target);
    return index < 0 ? '' : unguardCell(cells[index]?.trim() ?? '');
  }

  #headerOf(target: string): string {
    return this.#input.headers[this.#input.targets.indexOf(target)] ?? '';
  }

  #refuse(target: string, message: string): Reading {
    return { ok: false, problem: { code: 'INVALID_INPUT', path: this.#headerOf(target), message } };
  }
}
