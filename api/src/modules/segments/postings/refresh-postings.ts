import {
  longStatementSeconds,
  type WithWorkspace,
  type WorkspaceTransaction,
} from '../../../platform/database/with-workspace.js';
import { readBases } from '../engine/read-postings.js';
import { readFeed, type Changes } from '../engine/feed.js';
import { readPosition } from '../engine/fresh-sets.js';
import { facetsToList, type Listed } from './facets.js';
import { deletePostings, writePostings } from './write-postings.js';

/** When lists are made, and made anew. */
export interface ListingPolicy {
  /** Contacts below which a workspace has none: its indexes are read as quickly. */
  leastContacts: number;
  /** Share of the contacts that may have changed since in a facet: whoever reads its lists looks at each of them again. */
  mostChanged: number;
  /** Events of a name below which there are no lists of them. */
  leastEvents: number;
  /** Holders that a value has on average at least: of rarer ones, an index of values finds those that are asked for. */
  leastHolders: number;
}

/** At a million contacts, to look again at 500 of them takes some 10 ms a set, and to make all lists a minute. */
export const listingPolicy: ListingPolicy = {
  leastContacts: 20_000,
  mostChanged: 1 / 2_000,
  leastEvents: 10_000,
  leastHolders: 20,
};

/** Hours after which lists are made anew even if little has changed: what was deleted is not to stay in them. */
const mostHours = 24;

/**
 * Makes the lists of a workspace that are missing or have fallen behind, a transaction for each facet, and deletes those of
 * what it has no more. @returns how many facets' it made.
 */
export async function refreshPostings(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  signal: AbortSignal,
  policy: ListingPolicy = listingPolicy,
): Promise<number> {
  const options = { statementSeconds: longStatementSeconds, signal };
  const { stale, gone } = await withWorkspace(workspaceId, (tx) => judge(tx, policy), {
    ...options,
    snapshot: true,
  });
  if (gone.length > 0) await withWorkspace(workspaceId, (tx) => deletePostings(tx, gone), options);
  for (const listed of stale) {
    signal.throwIfAborted();
    await withWorkspace(workspaceId, (tx) => writePostings(tx, listed, policy), options);
  }
  return stale.length;
}

async function judge(
  tx: WorkspaceTransaction,
  policy: ListingPolicy,
): Promise<{ stale: Listed[]; gone: string[] }> {
  const { version, end } = await readPosition(tx);
  const bases = await readBases(tx);
  const listed = end < policy.leastContacts ? [] : await facetsToList(tx, policy);
  const facets = new Set(listed.map(({ facet }) => facet));
  const most = Math.floor(end * policy.mostChanged);
  const oldest = new Date(Date.now() - mostHours * 3_600_000);
  const changesSince = new Map<number, Changes | undefined>();
  const isStale = async (facet: string): Promise<boolean> => {
    const base = bases.get(facet);
    if (!base) return true;
    if (base.version === version) return false;
    if (base.madeAt < oldest) return true;
    if (!changesSince.has(base.version))
      changesSince.set(base.version, await readFeed(tx, { after: base.version, most: 100 * most + 1_000 }));
    const changes = changesSince.get(base.version);
    if (!changes) return true;
    const changed = [facet, '*'].reduce((sum, each) => sum + (changes.get(each)?.size ?? 0), 0);
    return changed > most;
  };
  const stale: Listed[] = [];
  for (const each of listed) if (await isStale(each.facet)) stale.push(each);
  return { stale, gone: [...bases.keys()].filter((facet) => !facets.has(facet)) };
}
