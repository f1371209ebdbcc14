import { Failure } from '../../platform/errors.js';

/** Throws INVALID_INPUT unless the text is an IANA time zone that this platform knows. */
export function checkTimeZone(timeZone: string, path: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    // Offsets such as +02:00 are taken too, but they know no summer time: a workspace lives in a place.
    if (!/^[+-]/.test(timeZone)) return;
  } catch {
    // Falls through to the one message.
  }
  throw new Failure('INVALID_INPUT', `${timeZone} is not a time zone. Use a name such as Europe/Berlin.`, { path });
}
