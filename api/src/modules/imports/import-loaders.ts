import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import type { Rejection } from './import.js';
import { listRejections, type RejectionPage } from './import.repository.js';

/** Reads what imports did not take: one statement for all pages that differ in nothing but the import. */
export interface ImportLoaders {
  rejections: DataLoader<RejectionPage, Rejection[], string>;
}

/** Makes the loaders of a request. */
export function importLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<ImportLoaders>> {
  return perRequest((workspaceId) => ({
    rejections: new DataLoader((pages) => loadPages(withWorkspace, workspaceId, pages), {
      cacheKeyFn: JSON.stringify,
    }),
  }));
}

async function loadPages(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly RejectionPage[],
): Promise<Rejection[][]> {
  const alike = ({ afterLine, limit }: RejectionPage): string => `${afterLine} ${limit}`;
  return withWorkspace(workspaceId, async (tx) => {
    const rowsOf = new Map<RejectionPage, Rejection[]>();
    for (const group of Map.groupBy(pages, alike).values()) {
      const rows = await listRejections(
        tx,
        group.map((page) => page.jobId),
        group[0]!,
      );
      const byJob = Map.groupBy(rows, (row) => row.job_id);
      for (const page of group) rowsOf.set(page, byJob.get(page.jobId) ?? []);
    }
    return pages.map((page) => rowsOf.get(page)!);
  });
}
