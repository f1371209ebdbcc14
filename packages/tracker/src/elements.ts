import type { Properties, Traits } from './record.js';
import { attempt } from './storage.js';

/** What the attributes of the tag begin with. */
export const start = 'data-coterie-';

/** Attributes with a meaning of their own; any other is a property. */
const reserved = ['event', 'ignore', 'trait', 'value'];

/**
 * The properties that an element's attributes say: `data-coterie-plan-name="pro"` is `plan_name`. Numbers and flags that
 * are written as JSON would write them are numbers and flags.
 */
export function propertiesOf(attributes: Iterable<Pick<Attr, 'name' | 'value'>>): Properties {
  const properties: Properties = {};
  for (const { name, value } of attributes) {
    const key = name.slice(start.length);
    if (name.startsWith(start) && !reserved.includes(key)) properties[key.replace(/-/g, '_')] = read(value);
  }
  return properties;
}

/** Only what reads the same when it is written again: "007" and numbers of 20 digits stay texts. */
function read(text: string): unknown {
  const value: unknown = attempt(() => JSON.parse(text)) ?? '';
  return String(value) === text ? value : text;
}

/** What is looked at in a field of a form. */
export type Field = Pick<HTMLInputElement, 'name' | 'id' | 'type' | 'value' | 'checked' | 'getAttribute'> & {
  autocomplete: string;
};

/** Types that hold no answer, and those that nobody may look at. */
const passedOver = /^(button|fieldset|file|hidden|image|output|password|reset|submit)$/;
const secretPurpose = /\bcc-|password|one-time-code/i;
const secretName = /pass|pwd|card|cv[cv]|iban|ssn|secret|token/i;
/** 13 digits or more that begin as cards do, spaced or not; telephone numbers of that length begin with + or 0. */
const cardLike = /(^|[^+\d])[2-6]([ -]?\d){12}/;

/** Whether a field may be spoken of at all. */
export function isPlain({ name, id, type, value, autocomplete }: Field): boolean {
  return !(
    passedOver.test(type) ||
    secretPurpose.test(autocomplete) ||
    secretName.test(`${name} ${id}`) ||
    cardLike.test(value)
  );
}

/** What a submitted form says. */
export interface Answers {
  /** The names of its fields. */
  fields: string[];
  /** The values of fields with `data-coterie-value`. */
  values: Properties;
  /** The values of fields with `data-coterie-trait`. */
  traits: Traits;
}

/** Reads the fields of a form: their names, and the values of those whose attributes allow it. */
export function readFields(fields: Iterable<Field>): Answers {
  const names = new Set<string>();
  const values: Properties = {};
  const traits: Traits = {};
  for (const field of fields) {
    const { name, type, checked } = field;
    if (!name || !isPlain(field)) continue;
    names.add(name);
    // A component may be a field, with a value of any kind.
    const answer = `${field.value}`.trim().slice(0, 500);
    if (!answer || (/^(checkbox|radio)$/.test(type) && !checked)) continue;
    const value = field.getAttribute(`${start}value`);
    const trait = field.getAttribute(`${start}trait`);
    if (value !== null) values[value || name] = answer;
    if (trait) traits[trait] = answer;
  }
  return { fields: [...names], values, traits };
}
