import { validate, type AttributeType, type EventPattern } from '@coterie/rules';
import { Failure } from '../../platform/errors.js';

/** What can be computed, and which types of attribute hold it. */
export const computedTypes = {
  count: ['number'],
  sum: ['number'],
  min: ['number'],
  max: ['number'],
  average: ['number'],
  first: ['text', 'number', 'boolean', 'date'],
  last: ['text', 'number', 'boolean', 'date'],
  most_frequent: ['text', 'number', 'boolean', 'date'],
  first_at: ['date'],
  last_at: ['date'],
} as const satisfies Record<string, readonly AttributeType[]>;

/** How an attribute follows from events. */
export type ComputedFunction = keyof typeof computedTypes;

/** What an attribute of contacts is computed from. */
export interface Computation {
  function: ComputedFunction;
  /** Which of the contact's events count. */
  event: EventPattern;
  /** The property of the events that it is about; null for their target, where it is about anything. */
  property: string | null;
  /** A duration that ends now; null for ever. */
  window: string | null;
}

/** A computation as somebody gives it. */
export interface ComputationInput {
  function: ComputedFunction;
  event: string;
  target?: string | null;
  where?: readonly unknown[] | null;
  property?: string | null;
  window?: string | null;
}

const takesProperty: readonly ComputedFunction[] = [
  'sum',
  'min',
  'max',
  'average',
  'first',
  'last',
  'most_frequent',
];
const needsProperty: readonly ComputedFunction[] = ['sum', 'min', 'max', 'average'];

/** Checks a computation for an attribute of this type. Throws INVALID_INPUT with the path of what is wrong. */
export function checkComputation(input: ComputationInput, type: AttributeType): Computation {
  const property = input.property?.trim() || null;
  const fail = (path: string, message: string): never => {
    throw new Failure('INVALID_INPUT', message, { path: `input.${path}` });
  };
  const types: readonly AttributeType[] = computedTypes[input.function];
  if (!types.includes(type))
    fail('type', `What ${input.function} gives is of the type ${types.join(' or ')}.`);
  if (property !== null && !takesProperty.includes(input.function))
    fail('computed.property', `${input.function} is about no property.`);
  if (property === null && needsProperty.includes(input.function))
    fail('computed.property', `${input.function} needs a property that holds numbers.`);
  if (property === null && takesProperty.includes(input.function) && type !== 'text')
    fail('type', 'The target of an event is a text.');
  const condition = {
    name: input.event,
    ...(input.target == null ? {} : { target: input.target }),
    ...(input.where?.length ? { where: input.where } : {}),
    ...(input.window == null ? {} : { window: { last: input.window } }),
    // So that its name is held to what names of properties are held to.
    ...(property === null ? {} : { sum: { property, function: 'sum', op: 'gte', value: 0 } }),
  };
  const checked = validate({ event: condition }, { attributes: new Map(), zone: 'UTC' });
  if (!checked.ok) {
    const [{ path, message }] = checked.problems as [(typeof checked.problems)[number]];
    return fail(pathOf(path), message);
  }
  const { event } = checked.rule as { event: EventPattern & { window?: { last: string } } };
  const { name, target, where, window } = event;
  const pattern: EventPattern = { name, ...(target !== undefined && { target }), ...(where && { where }) };
  return { function: input.function, event: pattern, property, window: window?.last ?? null };
}

/** Where it stands in the input, of where it stands in the rule that was checked. */
function pathOf(path: string): string {
  const rest = path.replace(/^rule\.event\.?/, '');
  if (rest.startsWith('window')) return 'computed.window';
  if (rest.startsWith('sum')) return 'computed.property';
  return rest === '' || rest === 'name' ? 'computed.event' : `computed.${rest}`;
}
