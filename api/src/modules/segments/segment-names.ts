import { Failure } from '../../platform/errors.js';
import { isStorable } from '../../platform/storable.js';

/** The longest name of a segment, in UTF-16 code units. */
export const longestName = 200;
/** The longest description of a segment, in UTF-16 code units. */
export const longestDescription = 2_000;

/** The name as it is stored: without space around it. Throws INVALID_INPUT with `path`. */
export function checkName(name: string, path: string): string {
  const trimmed = checkText(name, longestName, path).trim();
  if (trimmed === '') throw new Failure('INVALID_INPUT', 'A name is needed.', { path });
  return trimmed;
}

/** The description as it is stored. Throws INVALID_INPUT with `path`. */
export function checkDescription(description: string, path: string): string {
  return checkText(description, longestDescription, path);
}

/** Text that PostgreSQL can hold and people can read. */
function checkText(text: string, longest: number, path: string): string {
  if (text.length > longest) {
    throw new Failure('INVALID_INPUT', `At most ${longest} characters are allowed.`, { path });
  }
  if (!isStorable(text)) {
    throw new Failure('INVALID_INPUT', 'The text holds a NUL character or half of a surrogate pair.', {
      path,
    });
  }
  return text.normalize('NFC');
}
