/**
 * Makes what a subscription listens to of a generator that waits for things to happen. A generator by itself ends only with
 * its next event, which may never come; this ends at once when nobody listens any more.
 * @param events is given a signal that is aborted then, and is to wait for nothing beyond it.
 */
export function live<Event>(
  events: (signal: AbortSignal) => AsyncGenerator<Event>,
): AsyncIterableIterator<Event, undefined> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const source = events(signal);
  const over = { done: true, value: undefined } as const;
  return {
    async next() {
      try {
        const next = await source.next();
        return next.done ? over : next;
      } catch (error) {
        if (signal.aborted) return over;
        throw error;
      }
    },
    async return() {
      stopping.abort();
      await source.return(undefined);
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
