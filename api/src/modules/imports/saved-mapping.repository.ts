import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import { signatureOf, type MappingChoices } from './saved-mapping.js';

/** A row of `import_mappings`. */
export interface SavedMappingRow {
  id: string;
  headers: string[];
  mapping: MappingChoices;
  saved_at: Date;
  /** `saved_at` in full precision, for cursors. */
  saved_exactly: string;
}

const columns = 'id, headers, mapping, saved_at, saved_at::text as saved_exactly';

/** What was said about the columns of files like this one. */
export async function findSavedMapping(
  tx: WorkspaceTransaction,
  headers: readonly string[],
): Promise<MappingChoices> {
  const rows = await tx.query<Pick<SavedMappingRow, 'mapping'>>(
    'select mapping from import_mappings where signature = $1',
    [signatureOf(headers)],
  );
  return rows[0]?.mapping ?? {};
}

/** Keeps what is said about the columns of a file for the next one like it. */
export async function saveMapping(
  tx: WorkspaceTransaction,
  mapping: { headers: readonly string[]; choices: MappingChoices; savedBy: string; now: Date },
): Promise<void> {
  await tx.query(
    `insert into import_mappings as m (workspace_id, id, signature, headers, mapping, saved_by, saved_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (workspace_id, signature) do update set
       headers = excluded.headers, mapping = excluded.mapping, saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
    [
      tx.workspaceId,
      newId(),
      signatureOf(mapping.headers),
      mapping.headers,
      JSON.stringify(mapping.choices),
      mapping.savedBy,
      mapping.now.toISOString(),
    ],
  );
}

/** Saved mappings, the latest first. */
export async function listSavedMappings(
  tx: WorkspaceTransaction,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<SavedMappingRow[]> {
  return tx.query(
    `select ${columns} from import_mappings
     where $1::timestamptz is null or (saved_at, id) < ($1, $2::uuid)
     order by saved_at desc, id desc limit $3`,
    [after?.[0], after?.[1], limit],
  );
}

/** Forgets a mapping; tells whether there was one. */
export async function deleteSavedMapping(tx: WorkspaceTransaction, id: string): Promise<boolean> {
  const rows = await tx.query<{ count: number }>(
    `with gone as (delete from import_mappings where id = $1 returning 1)
     select count(*)::int as count from gone`,
    [id],
  );
  return rows[0]!.count > 0;
}
