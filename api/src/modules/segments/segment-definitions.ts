import { fold, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { SegmentDefinition } from './engine/truth.js';

/** Every segment that these ids name, themselves or through others: by id, archived ones included. */
export async function loadDefinitions(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<Map<string, SegmentDefinition>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: string; name: string; rule: Rule | null }>(
    `with recursive reached as (
       select id from unnest($1::uuid[]) as id
       union
       select r.referenced_id from reached join segment_references r on r.segment_id = reached.id
     )
     select s.id, s.name, s.rule from segments s join reached on reached.id = s.id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Segments by the folded name. Used to find a free name for a copy. */
export async function takenNames(tx: WorkspaceTransaction, start: string): Promise<Set<string>> {
  const rows = await tx.query<{ folded_name: string }>(
    'select folded_name from segments where archived_at is null and starts_with(folded_name, $1)',
    [fold(start)],
  );
  return new Set(rows.map((row) => row.folded_name));
}
