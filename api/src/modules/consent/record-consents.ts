import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Consent, PreparedConsent } from './consent.js';
import { appendHistory, consentsOf, saveConsents } from './consent.repository.js';

/** A consent of a contact that exists. */
export interface ConsentRecord extends PreparedConsent {
  ordinal: number;
}

/**
 * Records consents, in order, in three statements at most. The latest by `recordedAt` is the one that holds (of two at
 * the same instant, the withdrawal); the history keeps all. What says again what is known, without a time of its own, adds nothing.
 * @returns for each record whether it added anything.
 */
export async function recordConsents(
  tx: WorkspaceTransaction,
  records: readonly ConsentRecord[],
): Promise<boolean[]> {
  if (records.length === 0) return [];
  const stored = await consentsOf(tx, [...new Set(records.map((record) => record.ordinal))]);
  const current = new Map(stored.map((consent) => [keyOf(consent), consent]));
  const before = new Map(current);
  const news = records.map((record) => apply(current, record));
  await appendHistory(
    tx,
    records.filter((_, index) => news[index]),
  );
  const saved = [...current]
    .filter(([key, consent]) => before.get(key) !== consent)
    .map(([, consent]) => consent);
  await saveConsents(tx, saved);
  for (const consent of saved) {
    if (before.get(keyOf(consent))?.state !== consent.state)
      tx.changed(consent.ordinal, `consent:${consent.channel}`);
  }
  return news;
}

function keyOf({ ordinal, channel }: Pick<Consent, 'ordinal' | 'channel'>): string {
  return `${ordinal} ${channel}`;
}

function apply(current: Map<string, Consent>, record: ConsentRecord): boolean {
  const key = keyOf(record);
  const known = current.get(key);
  const sameState = known?.state === record.state;
  if (sameState && (!record.dated || known.recordedAt.getTime() === record.recordedAt.getTime()))
    return false;
  if (!known || holdsOver(record, known)) current.set(key, record);
  return true;
}

/** The later one holds; of two at the same instant, the withdrawal. */
function holdsOver(record: Consent, known: Consent): boolean {
  const later = record.recordedAt.getTime() - known.recordedAt.getTime();
  return later > 0 || (later === 0 && record.state === 'withdrawn');
}
