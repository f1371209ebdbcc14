import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { perRequest } from '../../../platform/graphql/loaders.js';
import type { AudienceSync } from './audience-sync.js';
import type { Delivery } from './delivery.js';
import { deliveriesOf } from './delivery.repository.js';
import { noticesOf, type ErasureNotice } from './erasure-notice.repository.js';
import { heldCounts } from './member.repository.js';
import { lastSyncs } from './sync.repository.js';

/** What a request loads of audiences, by id, in one go for all that it asks for at a time. */
export interface SyncLoaders {
  delivery: DataLoader<string, Delivery>;
  held: DataLoader<string, number>;
  lastSync: DataLoader<string, AudienceSync | null>;
  /** By the id of a privacy request. */
  notices: DataLoader<string, ErasureNotice[]>;
}

/** Makes the loaders of each request and workspace. */
export function createSyncLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<SyncLoaders>> {
  return perRequest((workspaceId) => ({
    delivery: new DataLoader((ids) => withWorkspace(workspaceId, (tx) => deliveriesOf(tx, ids))),
    held: new DataLoader(async (ids) => {
      const held = await withWorkspace(workspaceId, (tx) => heldCounts(tx, ids));
      return ids.map((id) => held.get(id) ?? 0);
    }),
    lastSync: new DataLoader(async (ids) => {
      const found = await withWorkspace(workspaceId, (tx) => lastSyncs(tx, ids));
      return ids.map((id) => found.get(id) ?? null);
    }),
    notices: new DataLoader(async (ids) => {
      const found = await withWorkspace(workspaceId, (tx) => noticesOf(tx, ids));
      return ids.map((id) => found.filter(({ requestId }) => requestId === id));
    }),
  }));
}
