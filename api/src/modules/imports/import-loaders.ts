import DataLoader from 'dataloader';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { listKept, type KeptPage, type KeptRow } from './import-effects.repository.js';
import type { Rejection } from './import.js';
import { listRejections, type RejectionPage } from './import.repository.js';

/** Reads what imports did not take: one statement for all pages that differ in nothing but the import. */
export interface ImportLoaders {
  rejections: DataLoader<RejectionPage, Rejection[], string>;
  kept: DataLoader<KeptPage, KeptRow[], string>;
}

/** Makes the loaders of a request. */
export function importLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<ImportLoaders>> {
  return perRequest((workspaceId) => ({
    rejections: pageLoader<RejectionPage, Rejection & { job_id: string }>(
      withWorkspace,
      workspaceId,
      listRejections,
    ),
    kept: pageLoader<KeptPage, KeptRow>(withWorkspace, workspaceId, listKept),
  }));
}

/** Which import a page or a row is about. */
interface OfJob {
  jobId: string;
}

function pageLoader<PageOfJob extends OfJob, Row extends { job_id: string }>(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  list: (
    tx: WorkspaceTransaction,
    jobIds: readonly string[],
    page: Omit<PageOfJob, 'jobId'>,
  ) => Promise<Row[]>,
): DataLoader<PageOfJob, Row[], string> {
  const alike = ({ jobId: _jobId, ...page }: PageOfJob): string => JSON.stringify(page);
  const load = async (pages: readonly PageOfJob[]): Promise<Row[][]> =>
    withWorkspace(workspaceId, async (tx) => {
      const rowsOf = new Map<PageOfJob, Row[]>();
      for (const group of Map.groupBy(pages, alike).values()) {
        const jobIds = group.map((page) => page.jobId);
        const byJob = Map.groupBy(await list(tx, jobIds, group[0]!), (row) => row.job_id);
        for (const page of group) rowsOf.set(page, byJob.get(page.jobId) ?? []);
      }
      return pages.map((page) => rowsOf.get(page)!);
    });
  return new DataLoader(load, { cacheKeyFn: JSON.stringify });
}
