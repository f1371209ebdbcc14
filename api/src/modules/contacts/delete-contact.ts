import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import { mergedInto } from './merging/contact-merge.repository.js';

/** Removes a contact with everything that hangs on it; suppressions stay. Its ordinal is never used again. */
export async function deleteContact(tx: WorkspaceTransaction, id: string): Promise<void> {
  const rows = isId(id)
    ? await tx.query<{ ordinal: number }>(
        `with gone as (delete from contacts where id = $1 returning ordinal) select ordinal from gone`,
        [id],
      )
    : [];
  if (!rows[0]) throw await whyMissing(tx, id);
  tx.changed(rows[0].ordinal, '*');
}

/** To follow the id of a merged contact would remove somebody whom the caller may not have in mind. */
async function whyMissing(tx: WorkspaceTransaction, id: string): Promise<Failure> {
  const holder = isId(id) ? await mergedInto(tx, id) : undefined;
  if (!holder) return notFound('contact');
  const message = `This contact has become part of the contact ${holder}: name that one to remove both.`;
  return new Failure('CONFLICT', message, { path: 'id' });
}
