import type { DataSource } from 'typeorm';
import { Failure } from '../../platform/errors.js';

/**
 * Throws INVALID_INPUT unless the text is a time zone that this platform and PostgreSQL both know by this name: each has
 * some that the other lacks, and rules are read with both.
 */
export async function checkTimeZone(directory: DataSource, timeZone: string, path: string): Promise<void> {
  // Offsets such as +02:00 are known as well, but they have no summer time: a workspace lives in a place.
  if (!/^[+-]/.test(timeZone) && isKnown(timeZone) && (await isKnownToDatabase(directory, timeZone))) return;
  throw new Failure('INVALID_INPUT', `${timeZone} is not a time zone. Use a name such as Europe/Berlin.`, {
    path,
  });
}

function isKnown(timeZone: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}

/** Asked by using it: PostgreSQL's list of zones is read from hundreds of files each time. */
async function isKnownToDatabase(directory: DataSource, timeZone: string): Promise<boolean> {
  try {
    await directory.query('select now() at time zone $1', [timeZone]);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === invalidParameter) return false;
    throw error;
  }
}

const invalidParameter = '22023';
