import { isOutage, isTimeout } from '../../platform/database/outage.js';
import { Failure } from '../../platform/errors.js';

/** How much a {@link GroupCommit} takes on. Weights are in bytes. */
export interface GroupBounds {
  /** What one transaction holds at most, unless a single request is heavier. */
  group: number;
  /** What is taken on in all, waiting or under way; a request beyond it is refused, if its lane has others pending. */
  pending: number;
  /** What is taken on of one lane: the others always get in. */
  perLane: number;
  /** Transactions at the same time, over all lanes. */
  transactions: number;
}

/** A request that is not committed yet. */
interface Pending<Request, Result> {
  request: Request;
  weight: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** How long a client should wait before it tries again when too much is pending, in seconds. */
const comeBackAfter = 1;

/**
 * Lets requests that come at the same time share transactions: while one is under way in a lane, the next ones gather,
 * and then commit together, in the order in which they came. An idle lane commits at once: nobody waits for company.
 * Lanes take turns. When a group fails, its halves are tried by themselves, so that a bad request spoils no other.
 */
export class GroupCommit<Request, Result> {
  readonly #commit: (requests: Request[]) => Promise<Result[]>;
  readonly #bounds: GroupBounds;
  /** What waits in each lane that has anything waiting or under way. */
  readonly #lanes = new Map<string, Pending<Request, Result>[]>();
  /** Lanes in which something waits and nothing is under way, in the order of their turns. */
  readonly #ready: string[] = [];
  #transactions = 0;
  #weight = 0;
  readonly #weights = new Map<string, number>();

  /** @param commit stores requests of one lane in one transaction: a result for each, in order, when it has committed. */
  constructor(commit: (requests: Request[]) => Promise<Result[]>, bounds: GroupBounds) {
    this.#commit = commit;
    this.#bounds = bounds;
  }

  /**
   * Resolves when the request is committed. Throws UNAVAILABLE, with nothing stored, when too much is pending; never for
   * a lane of which nothing is.
   * @param weight the memory that the request takes, in bytes.
   */
  async add(lane: string, request: Request, weight: number): Promise<Result> {
    const { pending, perLane } = this.#bounds;
    const own = this.#weights.get(lane) ?? 0;
    if (own > 0 && (own + weight > perLane || this.#weight + weight > pending)) {
      const message = 'More comes in than can be stored at the moment; try again in a second.';
      throw new Failure('UNAVAILABLE', message, { retryAfter: comeBackAfter });
    }
    this.#weigh(lane, weight);
    try {
      return await new Promise((resolve, reject) => {
        this.#wait(lane, { request, weight, resolve, reject });
      });
    } finally {
      this.#weigh(lane, -weight);
    }
  }

  #weigh(lane: string, change: number): void {
    this.#weight += change;
    const own = (this.#weights.get(lane) ?? 0) + change;
    if (own > 0) this.#weights.set(lane, own);
    else this.#weights.delete(lane);
  }

  #wait(lane: string, pending: Pending<Request, Result>): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) {
      waiting.push(pending);
      return;
    }
    this.#lanes.set(lane, [pending]);
    this.#ready.push(lane);
    this.#start();
  }

  #start(): void {
    while (this.#transactions < this.#bounds.transactions && this.#ready.length > 0) {
      this.#transactions += 1;
      void this.#serve(this.#ready.shift()!);
    }
  }

  /** Commits what one transaction holds of a lane, and puts the lane back in line if more came meanwhile. */
  async #serve(lane: string): Promise<void> {
    const waiting = this.#lanes.get(lane)!;
    await this.#store(this.#take(waiting));
    this.#transactions -= 1;
    if (waiting.length > 0) this.#ready.push(lane);
    else this.#lanes.delete(lane);
    this.#start();
  }

  #take(waiting: Pending<Request, Result>[]): Pending<Request, Result>[] {
    let weight = 0;
    const over = waiting.findIndex((pending, index) => {
      weight += pending.weight;
      return index > 0 && weight > this.#bounds.group;
    });
    return waiting.splice(0, over === -1 ? waiting.length : over);
  }

  async #store(group: readonly Pending<Request, Result>[]): Promise<void> {
    try {
      const results = await this.#commit(group.map(({ request }) => request));
      for (const [index, { resolve }] of group.entries()) resolve(results[index]!);
    } catch (error) {
      if (group.length > 1 && !isOutage(error) && !isTimeout(error)) {
        const half = Math.ceil(group.length / 2);
        await this.#store(group.slice(0, half));
        await this.#store(group.slice(half));
      } else {
        for (const { reject } of group) reject(error);
      }
    }
  }
}
