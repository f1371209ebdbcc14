import { readInBatches } from '../../platform/database/read-in-batches.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Contact } from '../contacts/index.js';

/** Which contacts to export: a statement of which each row has an `ordinal`; null for all of the workspace. */
export type ContactSource = { text: string; values: unknown[] } | null;

/** Contacts read at a time: what is in memory is a batch, however many there are. */
export const batchSize = 1_000;

/** Reads contacts batch by batch, the oldest first. Meant for a snapshot: all batches are of one version. */
export function readContacts(tx: WorkspaceTransaction, source: ContactSource): AsyncGenerator<Contact[]> {
  const among = source ? `join (${source.text}) as member on member.ordinal = c.ordinal` : '';
  return readInBatches<Contact>(tx, {
    text: `select c.id, c.ordinal, c.company_id as "companyId", c.created_at as "createdAt",
        c.updated_at as "updatedAt"
      from contacts as c ${among} order by c.ordinal`,
    values: source?.values ?? [],
    size: batchSize,
  });
}
