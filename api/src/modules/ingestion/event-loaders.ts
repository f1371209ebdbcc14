import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { listEvents, type EventRow, type TimelinePage } from './event.repository.js';

/** Reads what contacts did: one statement for all pages that differ in nothing but the contact. */
export interface EventLoaders {
  timeline: DataLoader<TimelinePage, EventRow[], string>;
}

/** Makes the loaders of a request. */
export function eventLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<EventLoaders>> {
  return perRequest((workspaceId) => ({
    timeline: new DataLoader((pages) => loadPages(withWorkspace, workspaceId, pages), {
      cacheKeyFn: JSON.stringify,
    }),
  }));
}

async function loadPages(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly TimelinePage[],
): Promise<EventRow[][]> {
  const alike = ({ filter, after, limit }: TimelinePage): string => JSON.stringify([filter, after, limit]);
  return withWorkspace(workspaceId, async (tx) => {
    const rowsOf = new Map<TimelinePage, EventRow[]>();
    for (const group of Map.groupBy(pages, alike).values()) {
      const ordinals = group.map((page) => page.ordinal);
      const byOrdinal = Map.groupBy(await listEvents(tx, ordinals, group[0]!), (row) => row.ordinal);
      for (const page of group) rowsOf.set(page, byOrdinal.get(page.ordinal) ?? []);
    }
    return pages.map((page) => rowsOf.get(page)!);
  });
}
