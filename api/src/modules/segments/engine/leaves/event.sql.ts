import {
  eventSpan,
  fold,
  INSTANT_PATTERN,
  type Count,
  type EventCondition,
  type EventPattern,
  type PropertyCondition,
  type Span,
  type Sum,
} from '@coterie/rules';
import type { Statement } from '../sql.js';
import { complementOf, withinSpan, writeComparison, type Operand } from './comparison.sql.js';
import { ofContact, type LeafScope } from './leaf.js';

/** The events of a contact that a condition counts, the newest first: rows `{id, name, target, occurred_at, total}`. */
export function latestEvents(
  { pattern, span, ordinal, limit }: { pattern: EventPattern; span: Span; ordinal: number; limit: number },
  scope: LeafScope,
): Statement {
  const { parameters } = scope;
  const text = `select e.id, e.name, e.target, e.occurred_at, count(*) over () as total
from events e
where e.ordinal = ${parameters.add(ordinal, 'integer')} and ${matchesPattern('e', pattern, scope)}
  and ${withinSpan('e.occurred_at', span, scope)}
order by e.occurred_at desc, e.id desc
limit ${parameters.add(limit, 'integer')}`;
  return { text, values: parameters.values };
}

/** What a contact did: how often, with what numbers, and whether for the first time. */
export function eventLeaf(condition: EventCondition, scope: LeafScope): string {
  const { parameters, now, timeZone } = scope;
  const span = eventSpan(condition.window, now, timeZone);
  const matching = `events e where ${ofContact('e')} and ${matchesPattern('e', condition, scope)}`;
  const inWindow = `${matching} and ${withinSpan('e.occurred_at', span, scope)}`;
  const parts: string[] = [];
  const count = condition.count ?? (condition.sum ? undefined : { atLeast: 1 });
  if (count) parts.push(hasCount(count, inWindow, scope));
  if (condition.sum) parts.push(sumIs(condition.sum, (total) => `(select ${total} from ${inWindow})`, scope));
  if (condition.first && span.from) {
    const start = parameters.addInstant(span.from);
    parts.push(`not exists (select 1 from ${matching} and e.occurred_at < ${start})`);
  }
  return `(${parts.join(' and ')})`;
}

/** Whether the event is one of these: by name, target and every condition on its properties. Never null. */
export function matchesPattern(alias: string, pattern: EventPattern, scope: LeafScope): string {
  const { parameters } = scope;
  const conditions = [`${alias}.folded_name = ${parameters.add(fold(pattern.name), 'text')}`];
  if (pattern.target !== undefined) {
    conditions.push(
      `coalesce(${alias}.folded_target = ${parameters.add(fold(pattern.target), 'text')}, false)`,
    );
  }
  if (pattern.where) conditions.push(matchesProperties(alias, pattern.where, scope));
  return conditions.join(' and ');
}

/** Whether the event's properties are those that are asked for. Never null. */
export function matchesProperties(alias: string, where: EventPattern['where'], scope: LeafScope): string {
  const conditions = where?.map((condition) => matchesProperty(alias, condition, scope)) ?? [];
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}

function matchesProperty(alias: string, condition: PropertyCondition, scope: LeafScope): string {
  const positive = complementOf(condition);
  const operand = propertyOperand(alias, condition.property, scope);
  const written = writeComparison(positive ?? condition, operand, scope);
  return positive ? `not coalesce(${written}, false)` : `coalesce(${written}, false)`;
}

function propertyOperand(alias: string, property: string, { parameters, timeZone }: LeafScope): Operand {
  const value = `(${alias}.properties -> ${parameters.add(property, 'text')})`;
  const typed = (type: string, expression: string): string =>
    `case jsonb_typeof(${value}) when '${type}' then ${expression} end`;
  const text = `(${value} #>> '{}')`;
  return {
    text: typed('string', text),
    folded: typed('string', folded(text)),
    number: typed('number', `${value}::float8`),
    flag: typed('boolean', `${value}::boolean`),
    // Asked for only by comparisons of instants: PostgreSQL refuses parameters that the text does not mention.
    get instant() {
      return `case when jsonb_typeof(${value}) = 'string' and ${text} ~ '${INSTANT_PATTERN}' then
        case when position('T' in ${text}) > 0 then ${text}::timestamptz
        else ${text}::timestamp at time zone ${parameters.add(timeZone, 'text')} end end`;
    },
    present: `jsonb_typeof(${value}) <> 'null'`,
  };
}

/** What has but ASCII, as most has, is folded by a look at its bytes: the same, in a fraction of the time. */
function folded(text: string): string {
  const byUnicode = `lower(normalize(${text}, NFC) collate "und-x-icu") collate "C"`;
  return `case when octet_length(${text}) = length(${text}) then lower(${text} collate "C") else ${byUnicode} end`;
}

const countSigns = { atLeast: '>=', atMost: '<=', exactly: '=' } as const;

function hasCount(count: Count, source: string, { parameters }: LeafScope): string {
  const [[kind, times]] = Object.entries(count) as [[keyof typeof countSigns, number]];
  if (kind === 'atLeast' && times === 1) return `exists (select 1 from ${source})`;
  return `(select count(*) from ${source}) ${countSigns[kind]} ${parameters.add(times, 'bigint')}`;
}

const aggregates = { sum: 'sum', min: 'min', max: 'max', average: 'avg' } as const;

/**
 * Whether what the numbers of the events come to is what is asked for; the sum of none is 0, and none has no lowest,
 * highest or average. In exact decimals: a sum of binary ones would depend on the order in which they are read.
 * @param over writes the aggregate, such as `max(…)`, over the events `e` that are meant.
 */
export function sumIs(sum: Sum, over: (aggregate: string) => string, scope: LeafScope): string {
  const value = `(e.properties -> ${scope.parameters.add(sum.property, 'text')})`;
  const number = `case jsonb_typeof(${value}) when 'number' then ${value}::numeric end`;
  const total = over(`${aggregates[sum.function]}(${number})`);
  const operand: Operand = {
    text: 'null',
    folded: 'null',
    number: sum.function === 'sum' ? `coalesce(${total}, 0)` : total,
    flag: 'null',
    instant: 'null',
    present: 'true',
    exact: true,
  };
  return `coalesce(${writeComparison(sum, operand, scope)}, false)`;
}
