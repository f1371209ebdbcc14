import { Bitmap } from '@coterie/bitmap';
import { LRUCache } from 'lru-cache';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Membership, Standing } from './membership.js';
import { readMembership } from './membership.repository.js';

/**
 * The members of segments as they are after the latest transition. Those used last are kept in this process; who has others,
 * or has them at another transition, reads them anew, so it does not matter which process wrote last.
 */
export class PresentMemberships {
  readonly #kept: LRUCache<string, Membership>;

  /** @param mostBytes of all that are kept. */
  constructor(mostBytes: number) {
    this.#kept = new LRUCache({
      maxSize: mostBytes,
      sizeCalculation: ({ members }) => members.bytes + 200,
    });
  }

  /** The members of a segment that has any stored; nobody of one that has not. */
  async find(tx: WorkspaceTransaction, { segmentId, sequence, size }: Standing): Promise<Bitmap> {
    if (size === null) return Bitmap.empty;
    const place = placeOf(tx.workspaceId, segmentId);
    const kept = this.#kept.get(place);
    if (kept?.sequence === sequence) return kept.members;
    const stored = await readMembership(tx, segmentId);
    if (!stored) throw new Error(`The segment ${segmentId} has a size, but no members.`);
    const { members } = stored;
    this.#kept.set(place, { sequence: stored.sequence, members });
    return members;
  }

  /** Keeps what has been committed. */
  keep(workspaceId: string, segmentId: string, membership: Membership): void {
    this.#kept.set(placeOf(workspaceId, segmentId), membership);
  }
}

function placeOf(workspaceId: string, segmentId: string): string {
  return `${workspaceId} ${segmentId}`;
}
