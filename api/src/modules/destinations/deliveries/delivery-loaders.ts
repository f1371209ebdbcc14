import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { perRequest } from '../../../platform/graphql/loaders.js';
import type { DeliveryStatus } from './delivery.js';
import { listDeliveries, type DeliveryRow } from './delivery.repository.js';

/** A page of what a webhook is told. */
export interface DeliveryPage {
  destinationId: string;
  status: DeliveryStatus | undefined;
  after: [createdAt: string, id: string] | undefined;
  limit: number;
}

/** Reads what webhooks are told: one statement for all pages that begin and end alike. */
export function deliveryLoaders(
  withWorkspace: WithWorkspace,
): ReturnType<typeof perRequest<{ pages: DataLoader<DeliveryPage, DeliveryRow[], string> }>> {
  return perRequest((workspaceId) => ({
    pages: new DataLoader(
      (pages) =>
        withWorkspace(workspaceId, async (tx) => {
          const alike = ({ status, after, limit }: DeliveryPage): string =>
            JSON.stringify([status, after, limit]);
          const found = new Map<DeliveryPage, DeliveryRow[]>();
          for (const group of Map.groupBy(pages, alike).values()) {
            const ids = group.map(({ destinationId }) => destinationId);
            const rows = await listDeliveries(tx, ids, group[0]!);
            for (const page of group) found.set(page, rows.get(page.destinationId) ?? []);
          }
          return pages.map((page) => found.get(page)!);
        }),
      { cacheKeyFn: JSON.stringify },
    ),
  }));
}
