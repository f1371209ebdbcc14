import { parseDuration, type DurationUnit } from '@coterie/rules';

/** Durations as people choose them: a number and a unit. */

const unitWords: Record<DurationUnit, [one: string, many: string]> = {
  m: ['minute', 'minutes'],
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  w: ['week', 'weeks'],
  mo: ['month', 'months'],
  y: ['year', 'years'],
};

export const allUnits: readonly DurationUnit[] = ['m', 'h', 'd', 'w', 'mo', 'y'];
/** Those whose length does not depend on the calendar. */
export const fixedUnits: readonly DurationUnit[] = ['m', 'h', 'd', 'w'];
export const dayUnits: readonly DurationUnit[] = ['d', 'w'];

export function unitChoices(units: readonly DurationUnit[], amount: number) {
  return units.map((value) => ({ value, label: unitWords[value][amount === 1 ? 0 : 1] }));
}

/** `30d` in its parts; thirty days where it cannot be read. */
export function partsOf(duration: string | undefined): { amount: number; unit: DurationUnit } {
  return parseDuration(duration ?? '') ?? { amount: 30, unit: 'd' };
}
