import DataLoader from 'dataloader';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { perRequest } from '../../../platform/graphql/loaders.js';
import { exactAt } from './judge.js';
import type { Standing } from './membership.js';
import { readStandings } from './membership.repository.js';
import { readSituation } from './progress.repository.js';

/** Makes, for each request and workspace, what reads memberships by the ids of segments, many at once. */
export function createStandingLoader(
  withWorkspace: WithWorkspace,
): ReturnType<typeof perRequest<DataLoader<string, Standing | null>>> {
  return perRequest(
    (workspaceId) =>
      new DataLoader<string, Standing | null>((ids) =>
        withWorkspace(workspaceId, async (tx) => {
          const { claim } = await readSituation(tx);
          const standings = new Map((await readStandings(tx, ids)).map((each) => [each.segmentId, each]));
          return ids.map((id) => {
            const standing = standings.get(id);
            return standing ? exactAt(standing, claim) : null;
          });
        }),
      ),
  );
}
