import { fold } from '@coterie/rules';
import { day } from '../../platform/clock.js';
import { Failure } from '../../platform/errors.js';
import { textFault } from '../attributes/index.js';

/** Days that events can be kept at most, unless they are kept for ever. */
export const mostDays = 3650;

/** How long events are kept. */
export interface EventRetention {
  /** As it was spelled when it was set; null for all that have no setting of their own. */
  name: string | null;
  /** Null for ever. */
  days: number | null;
  setBy: string;
  setAt: Date;
}

/** Events of one name, or all that have no setting of their own. */
export interface RetainedEvents {
  name: string | null;
  /** Empty for all others. */
  foldedName: string;
}

const longestName = 200;

/** Which events a name means; without one, all that have no setting of their own. Throws INVALID_INPUT. */
export function eventsNamed(given: string | null | undefined): RetainedEvents {
  if (given == null) return { name: null, foldedName: '' };
  const name = given.trim();
  const fault =
    name === '' || name.length > longestName ? `has 1 to ${longestName} characters.` : textFault(name);
  if (fault) throw new Failure('INVALID_INPUT', `The name of an event ${fault}`, { path: 'input.name' });
  return { name, foldedName: fold(name) };
}

/** The moment before which an event is too old to be kept. */
export function oldestKept(days: number, now: Date): Date {
  return new Date(now.getTime() - days * day);
}
