import { Failure, type Problem } from '../../platform/errors.js';
import { prepareContact, type ContactInput, type UpsertSettings } from '../contacts/index.js';
import { reservedFields, type Form, type FormConsent, type FormField } from './form.js';
import { valueOf, type Posted } from './posted.js';

/** What a visitor said by a form. */
export interface Answers {
  /** Who they are, and what they said of themselves. */
  contact: ContactInput;
  /** Consents that were given, not yet recorded. */
  consents: FormConsent[];
}

/**
 * Reads what was posted into what a form asks for; whatever it does not ask for is left out.
 * Throws INVALID_INPUT with every problem, each with the name of its field as path.
 */
export function readAnswers(
  { fields, consents }: Form,
  posted: Posted,
  settings: UpsertSettings & { catalog: NonNullable<UpsertSettings['catalog']> },
): Answers {
  const contact: ContactInput = { attributes: {}, anonymousId: valueOf(posted, reservedFields.anonymousId) };
  for (const field of fields) place(contact, field, posted, settings);
  const problems = [...missing(fields, posted), ...unreadable(contact, fields, settings)];
  if (problems.length > 0) {
    const [{ message, path }] = problems as [Problem];
    throw new Failure('INVALID_INPUT', message, { path, problems });
  }
  return { contact, consents: consents.filter(({ field }) => field === null || isTicked(posted, field)) };
}

function place(
  contact: ContactInput,
  { name, attribute }: FormField,
  posted: Posted,
  { catalog }: { catalog: NonNullable<UpsertSettings['catalog']> },
): void {
  const value = valueOf(posted, name);
  if (value === undefined) return;
  if (attribute === 'email' || attribute === 'phone') contact[attribute] = value;
  else {
    const isList = catalog.contact.get(attribute)?.type === 'text_list';
    contact.attributes![attribute] = isList ? posted.get(name) : value;
  }
}

function missing(fields: readonly FormField[], posted: Posted): Problem[] {
  return fields
    .filter(({ name, required }) => required && valueOf(posted, name) === undefined)
    .map(({ name }) => ({ code: 'INVALID_INPUT', path: name, message: 'This is required.' }));
}

/** What cannot be read, in the words of the form. */
function unreadable(
  contact: ContactInput,
  fields: readonly FormField[],
  settings: UpsertSettings & { catalog: NonNullable<UpsertSettings['catalog']> },
): Problem[] {
  const prepared = prepareContact(contact, settings);
  if (prepared.ok) return [];
  return prepared.problems.map((problem) => {
    const [, key] = /^(?:attributes\.)?([a-z0-9_]+)/u.exec(problem.path) ?? [];
    const field = fields.find(({ attribute }) => attribute === key);
    return { ...problem, path: field?.name ?? problem.path };
  });
}

/** A box that is not ticked is not posted, or says so. */
function isTicked(posted: Posted, field: string): boolean {
  const value = valueOf(posted, field)?.toLowerCase();
  return value !== undefined && !['0', 'false', 'no', 'off'].includes(value);
}
