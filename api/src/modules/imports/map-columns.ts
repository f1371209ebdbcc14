import { chooseDateFormats } from './choose-date-formats.js';
import type { DateFormat } from './date-format.js';
import type { ImportInput } from './import.js';
import type { Mappable } from './mappable-fields.js';
import type { MappingChoices } from './saved-mapping.js';
import { suggestMapping, type MappingTarget } from './suggest-mapping.js';

/** What can be seen of the columns of a file. */
export interface SeenColumns {
  headers: readonly string[];
  /** By column, the cells of the first rows that are not blank. */
  samples: readonly (readonly string[])[];
}

/**
 * Decides where the columns of a file go and how their dates are written: as is said now, or was said before, or as their
 * names and values suggest. Throws INVALID_INPUT for what does not fit.
 */
export function mapColumns(
  { headers, samples }: SeenColumns,
  { fields, needs }: Mappable,
  { explicit, saved }: { explicit: MappingChoices; saved: MappingChoices },
): Required<Pick<ImportInput, 'targets' | 'foundBy' | 'dateFormats'>> {
  const { targets, foundBy } = suggestMapping(headers, fields, {
    explicit: targetsOf(explicit),
    saved: targetsOf(saved),
    samples,
    ...(needs && { needs }),
  });
  const formats = { explicit: formatsOf(explicit), saved: formatsOf(saved) };
  return { targets, foundBy, dateFormats: chooseDateFormats({ headers, targets, samples }, fields, formats) };
}

function targetsOf(choices: MappingChoices): Record<string, MappingTarget | null> {
  const said = Object.entries(choices).filter(([, { target }]) => target !== undefined);
  return Object.fromEntries(said.map(([header, { target = null }]) => [header, target]));
}

function formatsOf(choices: MappingChoices): Record<string, DateFormat> {
  return Object.fromEntries(
    Object.entries(choices).flatMap(([header, { dateFormat }]) => (dateFormat ? [[header, dateFormat]] : [])),
  ) as Record<string, DateFormat>;
}
