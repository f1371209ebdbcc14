import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { HeldConsents } from './consent.js';
import { saveConsents } from './consent.repository.js';

/** What holds for a contact, before and now. */
export interface ChangedConsents {
  ordinal: number;
  stored: HeldConsents;
  held: HeldConsents;
}

/** Stores what holds now where it is not what held before, and notes in the change feed where that is something else. */
export async function saveHeldConsents(
  tx: WorkspaceTransaction,
  contacts: readonly ChangedConsents[],
): Promise<void> {
  const changed = contacts.flatMap(({ ordinal, stored, held }) =>
    [...held.values()]
      .map((consent) => ({
        consent: { ...consent, ordinal },
        before: stored.get(consent.channel),
        now: consent,
      }))
      .filter(({ before, now }) => before !== now),
  );
  await saveConsents(
    tx,
    changed.map(({ consent }) => consent),
  );
  for (const { consent, before } of changed) {
    if (before?.state !== consent.state) tx.changed(consent.ordinal, `consent:${consent.channel}`);
  }
}
