import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import { hold, isNews, type PreparedConsent } from './consent.js';
import { appendHistory, heldBy, type HistoryEntry } from './consent.repository.js';
import { saveHeldConsents } from './save-held-consents.js';

/** A consent of a contact that exists. */
export interface ConsentRecord extends PreparedConsent {
  ordinal: number;
}

/**
 * Records consents, in order, in three statements at most. The latest by `recordedAt` is the one that holds; the history
 * keeps all.
 * @returns for each record whether it added anything.
 */
export async function recordConsents(
  tx: WorkspaceTransaction,
  records: readonly ConsentRecord[],
): Promise<boolean[]> {
  if (records.length === 0) return [];
  const before = await heldBy(tx, [...new Set(records.map((record) => record.ordinal))]);
  const contacts = new Map(
    [...before].map(([ordinal, stored]) => [ordinal, { ordinal, stored, held: new Map(stored) }]),
  );
  const news: HistoryEntry[] = [];
  const added = records.map(({ dated, ...record }) => {
    const { held } = contacts.get(record.ordinal)!;
    const said = { ...record, mergedFrom: null };
    if (!isNews(held.get(said.channel), said, dated)) return false;
    hold(held, said);
    news.push({ ...said, id: newId() });
    return true;
  });
  await appendHistory(tx, news);
  await saveHeldConsents(tx, [...contacts.values()]);
  return added;
}
