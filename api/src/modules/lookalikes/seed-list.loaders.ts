import DataLoader from 'dataloader';
import type { Clock } from '../../platform/clock.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { sizesOf, type SeedListSize } from './seed-list.repository.js';
import { noQuality, qualitiesOf, type SeedQuality } from './seed-quality.js';
import { pagesOfMembers, type MemberPage, type SeedMember } from './seed-member.repository.js';

/** What a request loads of a workspace's seed lists, in one go for all that it asks for at a time. */
export interface SeedListLoaders {
  size: DataLoader<string, SeedListSize>;
  quality: DataLoader<string, SeedQuality>;
  /** One statement for all pages that differ in nothing but the seed list. */
  members: DataLoader<MemberPage, SeedMember[], string>;
}

/** Makes the loaders of each request and workspace. */
export function createSeedListLoaders(
  withWorkspace: WithWorkspace,
  clock: Clock,
): ReturnType<typeof perRequest<SeedListLoaders>> {
  return perRequest((workspaceId) => ({
    size: new DataLoader((ids) =>
      withWorkspace(workspaceId, async (tx) => {
        const sizes = await sizesOf(tx, ids);
        return ids.map((id) => sizes.get(id) as SeedListSize);
      }),
    ),
    quality: new DataLoader((ids) =>
      withWorkspace(workspaceId, async (tx) => {
        const found = await qualitiesOf(tx, ids, clock.now());
        return ids.map((id) => found.get(id) ?? noQuality);
      }),
    ),
    members: new DataLoader((pages) => loadPages(withWorkspace, workspaceId, pages), {
      cacheKeyFn: JSON.stringify,
    }),
  }));
}

async function loadPages(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly MemberPage[],
): Promise<SeedMember[][]> {
  const alike = ({ after, limit }: MemberPage): string => `${after} ${limit}`;
  return withWorkspace(workspaceId, async (tx) => {
    const found = new Map<string, SeedMember[]>();
    for (const group of Map.groupBy(pages, alike).values()) {
      const ids = group.map(({ seedListId }) => seedListId);
      const members = await pagesOfMembers(tx, ids, group[0] as MemberPage);
      for (const page of group) found.set(JSON.stringify(page), members.get(page.seedListId) ?? []);
    }
    return pages.map((page) => found.get(JSON.stringify(page)) ?? []);
  });
}
