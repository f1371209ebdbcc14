import { md5 } from '@noble/hashes/legacy.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type {
  AttributeCondition,
  AttributeOperator,
  CompanyPeople,
  Count,
  EventCondition,
  EventPattern,
  LookalikeCondition,
  PropertyCondition,
  Rule,
  SampleCondition,
  Scalar,
  SequenceCondition,
  SignalCondition,
  Sum,
  SumFunction,
} from '../ast.js';
import { COMPANY_PREFIX } from '../ast.js';
import { visit } from '../dispatch.js';
import type { Visitor } from '../dispatch.js';
import { fold } from '../fold.js';
import type { Comparison } from '../operators.js';
import {
  anniversaryDays,
  dateSpan,
  dayIn,
  eventSpan,
  fixedLength,
  heldSince,
  instantOf,
  isInstant,
  nextMinute,
} from '../time.js';
import type { Span } from '../time.js';
import type { Json, World, WorldContact, WorldEvent, WorldValue } from './world.js';

/**
 * What rules mean, as plainly as it can be said: one contact at a time, in memory, without an index or a shortcut. The
 * evaluators that answer from a database must agree with it.
 */

/** The ids of the contacts that match, in the order of the world. */
export function evaluate(rule: Rule, world: World): string[] {
  return world.contacts.filter((contact) => holds(rule, contact, world)).map(({ id }) => id);
}

/** Whether a rule holds for one contact of a world. */
export function holds(rule: Rule, contact: WorldContact, world: World): boolean {
  const visitor: Visitor<boolean> = {
    all: (children) => children.every((child) => holds(child, contact, world)),
    any: (children) => children.some((child) => holds(child, contact, world)),
    not: (child) => !holds(child, contact, world),
    companyPeople: (body) => companyPeopleHolds(body, contact, world),
    attribute: (condition) => attributeHolds(condition, contact, world),
    event: (condition) => eventHolds(condition, contact, world),
    sequence: (condition) => sequenceHolds(condition, contact, world),
    signal: (condition) => signalHolds(condition, contact, world),
    segment: (id) => world.segments.get(id)?.has(contact.id) ?? false,
    list: (id) => world.lists.get(id)?.has(contact.id) ?? false,
    lookalike: (condition) => lookalikeHolds(condition, contact, world),
    consent: ({ channel, state }) => (contact.consents.get(channel) ?? 'unknown') === state,
    identified: (kind) => contact.identities.some((identity) => identity.kind === kind),
    sample: (condition) => sampleHolds(condition, contact),
  };
  return visit(rule, visitor);
}

function companyPeopleHolds({ match, rule }: CompanyPeople, contact: WorldContact, world: World): boolean {
  if (contact.companyId === null) return false;
  const people = world.contacts.filter(({ companyId }) => companyId === contact.companyId);
  if (match === 'all') return people.every((person) => holds(rule, person, world));
  return people.some((person) => holds(rule, person, world)) === (match === 'any');
}

function attributeHolds(condition: AttributeCondition, contact: WorldContact, world: World): boolean {
  const found = valueOf(condition.key, contact, world);
  if (!compares(condition, found?.value, world)) return false;
  if (condition.heldFor === undefined) return true;
  const bound = heldSince(condition.heldFor, world.now, world.zone);
  return found !== undefined && ('atLeast' in condition.heldFor ? found.since <= bound : found.since > bound);
}

function valueOf(key: string, contact: WorldContact, world: World): WorldValue | undefined {
  if (!key.startsWith(COMPANY_PREFIX)) return contact.attributes.get(key);
  const company = world.companies.find(({ id }) => id === contact.companyId);
  return company?.attributes.get(key.slice(COMPANY_PREFIX.length));
}

/** A value of an attribute or property; undefined is the lack of one. */
type Value = WorldValue['value'] | Json | undefined;

function compares(comparison: Comparison, value: Value, world: World): boolean {
  const { zone, now } = world;
  const { op, caseSensitive = false } = comparison;
  const texts = (test: (value: string, operand: string) => boolean) =>
    typeof value === 'string' &&
    test(cased(value, caseSensitive), cased(String(comparison.value), caseSensitive));
  const numbers = (test: (value: number, operand: number) => boolean) =>
    typeof value === 'number' && test(value, Number(comparison.value));
  const instants = (test: (value: Date, operand: Date) => boolean) => {
    const instant = toInstant(value, zone);
    return instant !== undefined && test(instant, instantOf(String(comparison.value), zone));
  };
  const includes = (item: Scalar) =>
    Array.isArray(value) && value.some((each) => isSame(each, item, caseSensitive));
  const operators: Record<AttributeOperator, () => boolean> = {
    equals: () => isSame(value, comparison.value!, caseSensitive),
    in: () => comparison.values!.some((operand) => isSame(value, operand, caseSensitive)),
    contains: () => texts((text, operand) => text.includes(operand)),
    starts_with: () => texts((text, operand) => text.startsWith(operand)),
    ends_with: () => texts((text, operand) => text.endsWith(operand)),
    exists: () => value !== undefined && value !== null,
    not_equals: () => !operators.equals(),
    not_in: () => !operators.in(),
    not_contains: () => !operators.contains(),
    not_exists: () => !operators.exists(),
    gt: () => numbers((number, operand) => number > operand),
    gte: () => numbers((number, operand) => number >= operand),
    lt: () => numbers((number, operand) => number < operand),
    lte: () => numbers((number, operand) => number <= operand),
    between: () => isBetween(value, comparison.values!, zone),
    before: () => instants((instant, operand) => instant < operand),
    after: () => instants((instant, operand) => instant > operand),
    within_last: () =>
      value instanceof Date && isIn(dateSpan('within_last', String(comparison.value), now, zone), value),
    within_next: () =>
      value instanceof Date && isIn(dateSpan('within_next', String(comparison.value), now, zone), value),
    anniversary_within: () =>
      value instanceof Date &&
      anniversaryDays(String(comparison.value), now, zone).includes(dayIn(zone, value)),
    includes_any: () => comparison.values!.some(includes),
    includes_all: () => comparison.values!.every(includes),
  };
  return operators[op]();
}

/** Of the same type, and equal; text as it is folded unless case matters. */
function isSame(value: Value, operand: Scalar, caseSensitive: boolean): boolean {
  if (typeof value === 'string' && typeof operand === 'string')
    return cased(value, caseSensitive) === cased(operand, caseSensitive);
  return value === operand;
}

function cased(text: string, caseSensitive: boolean): string {
  return caseSensitive ? text : fold(text);
}

function isBetween(value: Value, [from, to]: readonly Scalar[], zone: string): boolean {
  if (typeof from === 'number') return typeof value === 'number' && value >= from && value <= Number(to);
  const instant = toInstant(value, zone);
  return (
    instant !== undefined &&
    instant >= instantOf(String(from), zone) &&
    instant <= instantOf(String(to), zone)
  );
}

/** A date attribute, or a property whose text is an instant. */
function toInstant(value: Value, zone: string): Date | undefined {
  if (value instanceof Date) return value;
  return typeof value === 'string' && isInstant(value) ? instantOf(value, zone) : undefined;
}

function isIn({ from, to }: Span, instant: Date): boolean {
  return (from === null || instant >= from) && (to === null || instant < to);
}

function eventHolds(condition: EventCondition, contact: WorldContact, world: World): boolean {
  const span = eventSpan(condition.window, world.now, world.zone);
  const matching = contact.events.filter((event) => matches(condition, event, world));
  const inside = matching.filter((event) => isIn(span, event.occurredAt));
  if (condition.first && matching.some((event) => event.occurredAt < span.from!)) return false;
  const count = condition.count ?? (condition.sum === undefined ? { atLeast: 1 } : undefined);
  if (count !== undefined && !countHolds(count, inside.length)) return false;
  return condition.sum === undefined || sumHolds(condition.sum, inside, world);
}

function matches(pattern: EventPattern, event: WorldEvent, world: World): boolean {
  if (fold(event.name) !== fold(pattern.name)) return false;
  if (pattern.target !== undefined && (event.target === null || fold(event.target) !== fold(pattern.target)))
    return false;
  return (pattern.where ?? []).every((condition) => propertyHolds(condition, event, world));
}

function propertyHolds(condition: PropertyCondition, event: WorldEvent, world: World): boolean {
  const { property } = condition;
  return compares(
    condition,
    Object.hasOwn(event.properties, property) ? event.properties[property] : undefined,
    world,
  );
}

function countHolds(count: Count, times: number): boolean {
  if ('atLeast' in count) return times >= count.atLeast;
  return 'atMost' in count ? times <= count.atMost : times === count.exactly;
}

/** The sum of nothing is 0; nothing has no lowest, highest or average value, and no comparison holds of those. */
function sumHolds(sum: Sum, events: readonly WorldEvent[], world: World): boolean {
  const numbers = events
    .map(({ properties }) => (Object.hasOwn(properties, sum.property) ? properties[sum.property] : undefined))
    .filter((value) => typeof value === 'number');
  const total = numbers.reduce((before, number) => before + number, 0);
  const aggregates: Record<SumFunction, () => number> = {
    sum: () => total,
    min: () => Math.min(...numbers),
    max: () => Math.max(...numbers),
    average: () => total / numbers.length,
  };
  if (numbers.length === 0 && sum.function !== 'sum') return false;
  return compares({ op: sum.op, value: sum.value, values: sum.values }, aggregates[sum.function](), world);
}

/** Tries every choice of events. */
function sequenceHolds({ steps, within }: SequenceCondition, contact: WorldContact, world: World): boolean {
  const past = contact.events.filter((event) => event.occurredAt < nextMinute(world.now));
  const longest = fixedLength(within)!;
  const follows = (index: number, first: Date, before: Date): boolean => {
    const step = steps[index];
    if (step === undefined) return before.getTime() - first.getTime() <= longest;
    return past.some(
      (event) =>
        event.occurredAt > before &&
        matches(step, event, world) &&
        follows(index + 1, first, event.occurredAt),
    );
  };
  return past.some(
    (event) => matches(steps[0]!, event, world) && follows(1, event.occurredAt, event.occurredAt),
  );
}

/** Some signal of the contact or of its company: one that is a text or a number, or says nothing more. */
function signalHolds(condition: SignalCondition, contact: WorldContact, world: World): boolean {
  const { name, source, op, within } = condition;
  const company = world.companies.find(({ id }) => id === contact.companyId);
  const span = within === undefined ? undefined : eventSpan({ last: within }, world.now, world.zone);
  return [...contact.signals, ...(company?.signals ?? [])].some(
    (signal) =>
      fold(signal.name) === fold(name) &&
      (source === undefined || fold(signal.source) === fold(source)) &&
      (op === undefined || compares({ ...condition, op }, signal.value ?? undefined, world)) &&
      (span === undefined || isIn(span, signal.observedAt)),
  );
}

/** The best percent of those ranked, rounded up to whole contacts. */
function lookalikeHolds({ id, top }: LookalikeCondition, contact: WorldContact, world: World): boolean {
  const ranked = world.lookalikes.get(id) ?? [];
  return ranked.slice(0, Math.ceil((ranked.length * top) / 100)).includes(contact.id);
}

function sampleHolds({ percent, salt }: SampleCondition, contact: WorldContact): boolean {
  const digest = md5(utf8ToBytes(`${salt}:${contact.id}`));
  const place = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
  return (place / 2 ** 32) * 100 < percent;
}
