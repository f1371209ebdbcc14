/** Work that several wait for: it goes on as long as one of them does. */
export class SharedWork<Result> {
  readonly #abandon = new AbortController();
  readonly #result: Promise<Result>;
  #waiting = 0;

  /** @param work begins at once; its signal is aborted when nobody waits any more. */
  constructor(work: (wanted: AbortSignal) => Promise<Result>) {
    this.#result = work(this.#abandon.signal);
  }

  /** Whether it is still going on for somebody. */
  get isWanted(): boolean {
    return !this.#abandon.signal.aborted;
  }

  /** Waits for the result until the signal is aborted. */
  async join(signal: AbortSignal): Promise<Result> {
    this.#waiting += 1;
    const leave = (): void => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#abandon.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    try {
      return await this.#result;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
