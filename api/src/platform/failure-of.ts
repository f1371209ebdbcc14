import type { Logger } from 'pino';
import { databaseFailure } from './database/outage.js';
import { Failure } from './errors.js';

/** What a client is told of anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return (
    databaseFailure(error) ??
    new Failure('INTERNAL', 'Something went wrong on our side. The request id finds it in the log.', {
      cause: error,
    })
  );
}

/** Logs what the caller can do nothing about, with its cause; what a caller did wrong is the caller's to read. */
export function logOurs(
  log: Pick<Logger, 'error' | 'warn'>,
  { code, cause }: Failure,
  where: Record<string, unknown>,
): void {
  if (code === 'INTERNAL') log.error({ err: cause, ...where }, 'a request failed');
  if (code === 'UNAVAILABLE') log.warn({ err: cause, ...where }, 'a request met an outage');
  // Without a cause it is the client that did not wait.
  if (code === 'TIMEOUT' && cause) log.warn({ err: cause, ...where }, 'a request took too long');
}
