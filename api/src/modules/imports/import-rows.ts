import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { importCompanyRows } from './company-rows.js';
import { importContactRows } from './contact-rows.js';
import type { ImportKind } from './import.js';
import type { ImportedRows, ImportSettings } from './imported-rows.js';
import type { CsvRecord } from './read-csv.js';
import { importSignalRows } from './signal-rows.js';

type ImportRows = (
  transaction: WorkspaceTransaction,
  settings: ImportSettings,
  rows: readonly CsvRecord[],
) => Promise<ImportedRows>;

const importers: Record<ImportKind, ImportRows> = {
  contacts: importContactRows,
  companies: importCompanyRows,
  signals: importSignalRows,
};

/** Takes rows in, as what the file is of. */
export const importRows: ImportRows = (transaction, settings, rows) =>
  importers[settings.input.kind ?? 'contacts'](transaction, settings, rows);
