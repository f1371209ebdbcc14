import { DestinationFailure, type Connection, type DestinationType } from './destination.js';

/** Milliseconds that a test may take: somebody waits for it. */
const patience = 30_000;

/** Tries a destination. @returns what is wrong with it, in words; null when it works. */
export async function testConnection(type: DestinationType, connection: Connection): Promise<string | null> {
  const signal = AbortSignal.any([connection.signal, AbortSignal.timeout(patience)]);
  try {
    await type.test({ ...connection, signal });
    return null;
  } catch (error) {
    if (error instanceof DestinationFailure) return error.message;
    if (connection.signal.aborted) throw error;
    if (signal.aborted) return `${type.label} does not answer within ${patience / 1000} seconds.`;
    throw error;
  }
}
