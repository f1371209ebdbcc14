import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { attributeCatalog } from '../attributes/index.js';
import { chooseDateFormats } from './choose-date-formats.js';
import type { ImportColumn, ImportKind } from './import.js';
import { mapColumns } from './map-columns.js';
import { mappableIn, presentTargets, type Mappable } from './mappable-fields.js';
import type { MappingChoices } from './saved-mapping.js';
import { findSavedMapping } from './saved-mapping.repository.js';
import { suggestMapping } from './suggest-mapping.js';

/** What is known of a file before it is sent. */
export interface FileBeginning {
  kind: ImportKind;
  headers: readonly string[];
  /** By row, as they stand in the file. */
  rows: readonly (readonly string[])[];
  /** What the uploader wants, by header. */
  mapping: MappingChoices;
}

/** Where the columns of a file would go, and why it would not be taken as it is. */
export interface SuggestedColumns {
  columns: ImportColumn[];
  problems: Problem[];
}

/** Tells where the columns of a file would go if it were uploaded now, from its beginning. Stores nothing. */
export async function suggestColumns(
  tx: WorkspaceTransaction,
  { kind, headers, rows, mapping }: FileBeginning,
): Promise<SuggestedColumns> {
  const mappable = mappableIn(kind, await attributeCatalog(tx));
  const samples = headers.map((_, index) =>
    rows.map((cells) => (cells[index] ?? '').trim()).filter((cell) => cell !== ''),
  );
  const said = {
    explicit: presentTargets(mapping, mappable.fields),
    saved: presentTargets(await findSavedMapping(tx, headers), mappable.fields),
  };
  try {
    const found = mapColumns({ headers, samples }, mappable, said);
    return { columns: show(headers, found), problems: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, path, message, problems } = error;
    const columns = show(headers, asFarAsItGoes({ headers, samples }, mappable, said));
    return { columns, problems: problems.length > 0 ? [...problems] : [{ code, path, message }] };
  }
}

type Found = ReturnType<typeof mapColumns>;

function show(headers: readonly string[], { targets, foundBy, dateFormats }: Found): ImportColumn[] {
  return headers.map((header, index) => ({
    header,
    target: targets[index] ?? null,
    foundBy: foundBy[index] ?? null,
    dateFormat: dateFormats[index] ?? null,
  }));
}

/** What can be said of columns that do not do yet: whoever puts that right wants to see the rest. */
function asFarAsItGoes(
  { headers, samples }: { headers: readonly string[]; samples: string[][] },
  { fields }: Mappable,
  { explicit, saved }: { explicit: MappingChoices; saved: MappingChoices },
): Found {
  const nothing = headers.map(() => null);
  try {
    return mapColumns({ headers, samples }, { fields, needs: [] }, { explicit, saved });
  } catch {
    try {
      const { targets, foundBy } = suggestMapping(headers, fields, { samples, needs: [] });
      const unsure = samples.map(() => []);
      return {
        targets,
        foundBy,
        dateFormats: chooseDateFormats({ headers, targets, samples: unsure }, fields, { explicit: {} }),
      };
    } catch {
      return { targets: nothing, foundBy: nothing, dateFormats: nothing };
    }
  }
}
