import { Failure } from '../../platform/errors.js';

/** Throws INVALID_INPUT unless the text is an IANA time zone that this platform knows. */
export function checkTimeZone(timeZone: string, path: string): void {
  // Offsets such as +02:00 are known as well, but they have no summer time: a workspace lives in a place.
  if (!/^[+-]/.test(timeZone) && isKnown(timeZone)) return;
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
