import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { erasedCode, identitiesInRow, namingNobodyErased } from '../contacts/index.js';
import type { ImportInput, ImportProgress, Rejection } from './import.js';
import type { CsvRecord } from './read-csv.js';

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

/** What became of a row. */
export interface RowOutcome {
  outcome: keyof RowCounts;
  /** What it was about, where it was taken: two rows that share one are about the same. */
  about: readonly string[];
}

/** What became of a batch of rows. */
export interface ImportedRows {
  /** In the order of the rows. */
  outcomes: RowOutcome[];
  /** Those that could not be taken, with the reason. */
  rejections: Rejection[];
}

/** What became of each row: how it was taken, or what was wrong with it. */
export type RowFate =
  | { ok: true; outcome: Exclude<keyof RowCounts, 'rejected'>; about: readonly string[] }
  | { ok: false; problem: Problem };

/** Puts together what became of a batch, a fate for each of its rows. */
export function imported(rows: readonly CsvRecord[], fates: readonly RowFate[]): ImportedRows {
  const done: ImportedRows = { outcomes: [], rejections: [] };
  for (const [index, fate] of fates.entries()) {
    done.outcomes.push(fate.ok ? fate : { outcome: 'rejected', about: [] });
    if (fate.ok) continue;
    const { line, cells } = rows[index]!;
    const { code, path, message } = fate.problem;
    done.rejections.push({ line, cells, code, path, message });
  }
  return done;
}

/** Of a row that names somebody who was erased, it is kept that it was there, and nothing of what it said. */
export async function withoutErased(
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

/** How often each outcome occurs. */
export function countOutcomes(outcomes: readonly Pick<RowOutcome, 'outcome'>[]): RowCounts {
  const counts: RowCounts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  return counts;
}
