import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import type { Consent, HeldConsent, OfContact } from './consent.js';
import { consentHistoryOf, consentsOf } from './consent.repository.js';

/** Entries of a contact's history that are shown at most. */
export const longestHistory = 100;

/** Reads consents by the contact's ordinal, many contacts in one statement. */
export interface ConsentLoaders {
  consents: DataLoader<number, OfContact<HeldConsent>[]>;
  history: DataLoader<number, OfContact<Consent>[]>;
}

/** Makes the loaders of a request. */
export function consentLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<ConsentLoaders>> {
  return perRequest((workspaceId) => ({
    consents: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => byOrdinal(ordinals, await consentsOf(tx, ordinals))),
    ),
    history: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) =>
        byOrdinal(ordinals, await consentHistoryOf(tx, ordinals, longestHistory)),
      ),
    ),
  }));
}

function byOrdinal<Row extends OfContact<Consent>>(
  ordinals: readonly number[],
  consents: readonly Row[],
): Row[][] {
  const groups = Map.groupBy(consents, (consent) => consent.ordinal);
  return ordinals.map((ordinal) => groups.get(ordinal) ?? []);
}
