interface Lane {
  running: number;
  /** Whose turn comes, the first first. */
  waiting: (() => void)[];
}

/**
 * Gives each of many a share of something that all use: of the work of one key, so many pieces run at a time; the others
 * wait for their turn, in order.
 */
export class Shares {
  readonly #most: number;
  readonly #lanes = new Map<string, Lane>();

  /** @param most pieces of one key that run at a time. */
  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  /** Does the work when it is its turn; throws the signal's reason, with nothing begun, when that is aborted first. */
  async run<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    await this.#enter(key, signal);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  async #enter(key: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: [] };
    this.#lanes.set(key, lane);
    if (lane.running < this.#most) {
      lane.running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        lane.waiting.splice(lane.waiting.indexOf(begin), 1);
        reject(signal?.reason as Error);
      };
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      lane.waiting.push(begin);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Hands the place on to whoever waits. */
  #leave(key: string): void {
    const lane = this.#lanes.get(key)!;
    const next = lane.waiting.shift();
    if (next) next();
    else if ((lane.running -= 1) === 0) this.#lanes.delete(key);
  }
}
