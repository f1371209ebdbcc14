import { eventSpan, type AttributeType, type Span } from '@coterie/rules';
import { amongOrdinals } from '../../platform/database/among-ordinals.js';
import type { Computation } from '../attributes/index.js';
import { matchesPattern, Parameters, withinSpan, type LeafScope, type Statement } from '../segments/index.js';

/** What a value is computed for. */
export interface Evaluation {
  computation: Computation;
  /** Of the attribute. */
  type: AttributeType;
  asOf: Date;
  timeZone: string;
}

/**
 * The values of contacts: rows `{ordinal, value}`, the value in JSON, for those who have one. Events count as in the
 * conditions of rules, from the beginning of the window's first minute to the end of the present one.
 */
export function evaluate(evaluation: Evaluation, ordinals: readonly number[]): Statement {
  const scope = scopeOf(evaluation);
  const { computation } = evaluation;
  const among = amongOrdinals('e.ordinal', scope.parameters.add(ordinals, 'integer[]'));
  const span = spanAt(evaluation, evaluation.asOf);
  const events = `from events e where ${among} and ${matchesPattern('e', computation.event, scope)}
    and ${withinSpan('e.occurred_at', span, scope)}`;
  return { text: writers[computation.function](events, evaluation, scope), values: scope.parameters.values };
}

/** The contacts with events that come into the window or leave it between two moments, beyond an ordinal, in order. */
export function crossing(
  evaluation: Evaluation,
  { from, to, beyond, limit }: { from: Date; to: Date; beyond: number; limit: number },
): Statement {
  const scope = scopeOf(evaluation);
  const { parameters } = scope;
  const [before, after] = [spanAt(evaluation, from), spanAt(evaluation, to)];
  const edges = [between(before.from, after.from), between(before.to, after.to)].filter(
    (edge) => edge !== null,
  );
  const parts = edges.map(
    (edge) => `select e.ordinal from events e
      where ${withinSpan('e.occurred_at', edge, scope)} and ${matchesPattern('e', evaluation.computation.event, scope)}`,
  );
  const text = `select distinct ordinal from (${parts.join(' union all ')}) as crossed
    where ordinal > ${parameters.add(beyond, 'integer')} order by ordinal limit ${parameters.add(limit, 'integer')}`;
  return { text, values: parameters.values };
}

/** An edge may move back: a month before 29 March is 28 February, as is a month before the 28th. */
function between(one: Date | null, other: Date | null): Span | null {
  if (!one || !other || one.getTime() === other.getTime()) return null;
  return one < other ? { from: one, to: other } : { from: other, to: one };
}

function spanAt({ computation, timeZone }: Evaluation, now: Date): Span {
  return eventSpan(computation.window === null ? undefined : { last: computation.window }, now, timeZone);
}

function scopeOf({ asOf, timeZone }: Evaluation): LeafScope {
  return { parameters: new Parameters(), now: asOf, timeZone, segmentTable: new Map() };
}

type Writer = (events: string, evaluation: Evaluation, scope: LeafScope) => string;

const writers: Record<Computation['function'], Writer> = {
  count: (events) => `select e.ordinal, to_jsonb(count(*)) as value ${events} group by e.ordinal`,
  sum: aggregate('sum'),
  min: aggregate('min'),
  max: aggregate('max'),
  average: aggregate('avg'),
  first: extreme('asc'),
  last: extreme('desc'),
  most_frequent: mostFrequent,
  first_at: moment('min'),
  last_at: moment('max'),
};

const largestFloat = '1.7976931348623157e308';

/** In exact decimals, so that the order in which numbers are read does not matter; a sum may be too large for a float. */
function aggregate(name: string): Writer {
  return (events, { computation: { property } }, { parameters }) => {
    const value = `(e.properties -> ${parameters.add(property, 'text')})`;
    const number = `case jsonb_typeof(${value}) when 'number' then (${value} #>> '{}')::numeric end`;
    return `select ordinal, to_jsonb(total::float8) as value
      from (select e.ordinal, ${name}(${number}) as total ${events} group by e.ordinal) as totals
      where total is not null and abs(total) <= ${largestFloat}`;
  };
}

/** In milliseconds since 1970. */
function moment(name: 'min' | 'max'): Writer {
  return (events) =>
    `select e.ordinal, to_jsonb(floor(extract(epoch from ${name}(e.occurred_at)) * 1000)) as value
     ${events} group by e.ordinal`;
}

const jsonTypes: Record<AttributeType, string> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'string',
  text_list: 'array',
};

/** The target or property in JSON, and whether it is what the attribute holds. */
function held({ computation: { property }, type }: Evaluation, { parameters }: LeafScope): [string, string] {
  if (property === null) return ['to_jsonb(e.target)', 'e.target is not null'];
  const value = `(e.properties -> ${parameters.add(property, 'text')})`;
  const filled = type === 'text' ? ` and btrim(${value} #>> '{}') <> ''` : '';
  return [value, `case when jsonb_typeof(${value}) = '${jsonTypes[type]}' then true${filled} else false end`];
}

function extreme(direction: 'asc' | 'desc'): Writer {
  return (events, evaluation, scope) => {
    const [value, fits] = held(evaluation, scope);
    return `select distinct on (e.ordinal) e.ordinal, ${value} as value ${events} and ${fits}
      order by e.ordinal, e.occurred_at ${direction}, e.id ${direction}`;
  };
}

/** Of several that are as frequent, the one that came last. */
function mostFrequent(events: string, evaluation: Evaluation, scope: LeafScope): string {
  const [value, fits] = held(evaluation, scope);
  return `select distinct on (ordinal) ordinal, value from (
      select e.ordinal, ${value} as value, count(*) as times, max(e.occurred_at) as latest
      ${events} and ${fits} group by e.ordinal, 2
    ) as counted order by ordinal, times desc, latest desc, value desc`;
}
