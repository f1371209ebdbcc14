import {
  longStatementSeconds,
  type WithWorkspace,
  type WorkspaceTransaction,
} from '../../../platform/database/with-workspace.js';
import { readBases } from '../engine/read-postings.js';
import { readFeed, type Changes } from '../engine/feed.js';
import { readPosition } from '../engine/fresh-sets.js';
import { facetsToList, type Listed } from './facets.js';
import { writePostings } from './write-postings.js';

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

/** What was measured: at a million contacts, looking again at 2,500 of them takes 40 ms. */
export const listingPolicy: ListingPolicy = {
  leastContacts: 20_000,
  mostChanged: 1 / 400,
  leastEvents: 10_000,
  leastHolders: 20,
};

/** Makes the lists of a workspace that are missing or have fallen behind, a transaction for each facet. @returns how many facets' it made. */
export async function refreshPostings(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  signal: AbortSignal,
  policy: ListingPolicy = listingPolicy,
): Promise<number> {
  const options = { statementSeconds: longStatementSeconds, signal };
  const stale = await withWorkspace(workspaceId, (tx) => staleFacets(tx, policy), {
    ...options,
    snapshot: true,
  });
  for (const listed of stale) {
    signal.throwIfAborted();
    await withWorkspace(workspaceId, (tx) => writePostings(tx, listed, policy), options);
  }
  return stale.length;
}

async function staleFacets(tx: WorkspaceTransaction, policy: ListingPolicy): Promise<Listed[]> {
  const { version, end } = await readPosition(tx);
  if (end < policy.leastContacts) return [];
  const bases = await readBases(tx);
  const most = Math.floor(end * policy.mostChanged);
  const changesSince = new Map<number, Changes | undefined>();
  const isStale = async ({ facet }: Listed): Promise<boolean> => {
    const base = bases.get(facet);
    if (!base) return true;
    if (base.version === version) return false;
    if (!changesSince.has(base.version))
      changesSince.set(base.version, await readFeed(tx, { after: base.version, most: 100 * most }));
    const changes = changesSince.get(base.version);
    if (!changes) return true;
    const changed = [facet, '*'].reduce((sum, each) => sum + (changes.get(each)?.size ?? 0), 0);
    return changed > most;
  };
  const stale: Listed[] = [];
  for (const listed of await facetsToList(tx, policy)) if (await isStale(listed)) stale.push(listed);
  return stale;
}
