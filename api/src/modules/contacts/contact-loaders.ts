import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { attributeCatalog, loadValues, showValues, type HeldAttributeType } from '../attributes/index.js';
import { identitiesOf, type OwnedIdentity } from './contact.repository.js';
import { toContactType, type ContactType } from './contact.types.js';
import { contactsByOrdinals } from './list-contacts.repository.js';

/** Reads what belongs to contacts by their ordinals, many contacts in one statement. */
export interface ContactLoaders {
  contact: DataLoader<number, ContactType | null>;
  identities: DataLoader<number, OwnedIdentity[]>;
  attributes: DataLoader<number, HeldAttributeType[]>;
}

/** Makes the loaders of a request. */
export function contactLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<ContactLoaders>> {
  return perRequest((workspaceId) => ({
    contact: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const rows = await contactsByOrdinals(tx, ordinals);
        const byOrdinal = new Map(rows.map((row) => [row.ordinal, toContactType(workspaceId, row)]));
        return ordinals.map((ordinal) => byOrdinal.get(ordinal) ?? null);
      }),
    ),
    identities: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const groups = Map.groupBy(await identitiesOf(tx, ordinals), (identity) => identity.ordinal);
        return ordinals.map((ordinal) => groups.get(ordinal) ?? []);
      }),
    ),
    attributes: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const { contact: definitions } = await attributeCatalog(tx);
        const values = await loadValues(tx, 'contact', ordinals);
        return ordinals.map((ordinal) => showValues(definitions, values.get(ordinal) ?? new Map()));
      }),
    ),
  }));
}
