/** Work that is done again and again. */
export interface Repeated {
  /** Does the work once more, after what is under way, and then no more. */
  stop(): Promise<void>;
}

/**
 * Does some work every so often, never twice at the same time.
 * @param onError hears of work that failed; it is tried again at the next turn.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const turn = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  };
  const wait = (): void => {
    timer = setTimeout(() => {
      running = turn().then(() => (timer ? wait() : undefined));
    }, everyMs).unref();
  };
  wait();
  return {
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      await running;
      await turn();
    },
  };
}
