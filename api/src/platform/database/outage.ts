import { Failure } from '../errors.js';

/** Classes and codes of SQLSTATE that mean: the server is not there, is going away, or takes no more connections. */
const states = /^(08...|57P0[123]|53300)$/;

/** What the network says when nobody answers. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** What the driver says of a connection that broke or could not be had in time: it gives these no code. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Whether an error means that the database cannot be reached, rather than that it refused a statement: nothing is wrong
 * with the request, and it may be tried again later.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (states.test(code) || networkCodes.has(code))) return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  return driverMessages.test(error.message);
}

/** What a client is told of an outage; undefined for any other error. */
export function outageFailure(error: unknown): Failure | undefined {
  if (!isOutage(error)) return undefined;
  return new Failure('UNAVAILABLE', 'The database does not answer; try again.', {
    retryAfter: 1,
    cause: error,
  });
}
