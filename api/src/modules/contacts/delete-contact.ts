import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';

/** Removes a contact with everything that hangs on it; suppressions stay. Its ordinal is never used again. */
export async function deleteContact(tx: WorkspaceTransaction, id: string): Promise<void> {
  const rows = isId(id)
    ? await tx.query<{ ordinal: number }>(
        `with gone as (delete from contacts where id = $1 returning ordinal) select ordinal from gone`,
        [id],
      )
    : [];
  if (!rows[0]) throw notFound('contact');
  tx.changed(rows[0].ordinal, '*');
}
