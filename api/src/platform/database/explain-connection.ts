import { CannotStart } from '../errors.js';

/** Codes of Node.js, and of PostgreSQL (or their first two characters), with which a connection fails to come about. */
const codes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // connection exceptions, wrong credentials, no such database, too many connections, starting up or stopping
  '08',
  '28',
  '3D',
  '53',
  '57',
];
/** What pg says without a code. */
const messages = /timeout|SSL|SASL|Connection terminated/;

/**
 * Turns the failure of a connection into one that names the variable and the server, never the password.
 * @returns a CannotStart; or the error as it is when the connection is not what is wrong.
 */
export function explainConnection(error: unknown, variable: string, url: string): unknown {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { code = '', message } = first as NodeJS.ErrnoException;
  if (code === '42501') {
    return new CannotStart(
      `The database role of ${variable} may not do what a start needs (${message}): give it a role that owns the ` +
        'database and may create roles.',
      { cause: error },
    );
  }
  const known = codes.some((start) => code.startsWith(start)) || (code === '' && messages.test(message));
  if (!known) return error;
  return new CannotStart(`PostgreSQL at ${placeOf(url)} (${variable}) cannot be used: ${message}.`, {
    cause: error,
  });
}

/** Where a database is, without who connects to it. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host || 'localhost'}${pathname === '/' ? '' : pathname}`;
}
