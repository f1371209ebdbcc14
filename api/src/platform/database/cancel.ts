import type { DataSource } from 'typeorm';

/** Ends the statement that a connection of the same role is at; what it was told to do is rolled back. */
export type Cancel = (processId: number) => Promise<void>;

/** Builds {@link Cancel} on connections of their own: those that are to be cancelled may be all others that there are. */
export function createCancel(control: DataSource): Cancel {
  return async (processId) => {
    await control.query('select pg_cancel_backend($1)', [processId]);
  };
}

/**
 * Cancels when the signal is aborted. Returns what ends the watch: it waits for a cancellation under way, which would
 * otherwise hit whatever the connection does next.
 */
export function cancelOnAbort(signal: AbortSignal, cancel: () => Promise<void>): () => Promise<void> {
  let cancelling: Promise<void> | undefined;
  // If it cannot be cancelled, it ends by its time limit.
  const begin = (): void => void (cancelling = cancel().catch(() => undefined));
  signal.addEventListener('abort', begin, { once: true });
  return async () => {
    signal.removeEventListener('abort', begin);
    await cancelling;
  };
}
