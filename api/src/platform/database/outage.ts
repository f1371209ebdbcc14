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

/** Thrown by work that lost a race and is right to run again from the start. */
export class Collision extends Error {
  override name = 'Collision';
}

/** Whether others changed the same at the same time: run again from the start, the work may succeed. */
export function isLostRace(error: unknown): boolean {
  return error instanceof Collision || hasState(error, /^(40001|40P01)$/);
}

/** Whether a statement took longer than it may, waiting for others or by itself. */
export function isTimeout(error: unknown): boolean {
  return hasState(error, /^(57014|55P03|25P03)$/);
}

function hasState(error: unknown, states: RegExp): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return error instanceof Error && typeof code === 'string' && states.test(code);
}

/** What a client is told of a database that does not do what it is asked, right as that is; undefined for other errors. */
export function databaseFailure(cause: unknown): Failure | undefined {
  if (isOutage(cause))
    return new Failure('UNAVAILABLE', 'The database does not answer; try again.', { retryAfter: 1, cause });
  if (isLostRace(cause))
    return new Failure('UNAVAILABLE', 'Others change the same at the moment; try again.', {
      retryAfter: 1,
      cause,
    });
  if (isTimeout(cause))
    return new Failure('TIMEOUT', 'This took longer than it may: ask for less, or try again later.', {
      retryAfter: 10,
      cause,
    });
  return undefined;
}
