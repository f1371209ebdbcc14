import type { EventPattern, Span } from '@coterie/rules';
import { day } from '../../../../platform/clock.js';
import { matchesPattern, matchesProperties } from '../leaves/event.sql.js';
import { withinSpan } from '../leaves/comparison.sql.js';
import { inAny } from '../read-postings.js';
import type { FromLists, SetScope } from './selection.js';

/** Whoever is in the lists `a` of a facet for which a condition holds. */
export function listsWhere(
  facet: string,
  needsValues: boolean,
  condition: (scope: SetScope) => string,
): FromLists {
  return {
    bases: [facet],
    needsValues,
    find: (scope) =>
      `select a.list from postings a where a.facet = ${scope.parameters.add(facet, 'text')} and ${condition(scope)}`,
    conclude: (rows) => inAny(rows),
  };
}

/** Whole days, which lists are of, and the spans at both ends of them that are no whole days. */
interface Days {
  first: Date | null;
  last: Date | null;
  remainders: Span[];
}

/** Undefined where there is no whole day. */
function daysOf({ from, to }: Span): Days | undefined {
  const first = from && new Date(Math.ceil(from.getTime() / day) * day);
  const last = to && new Date(Math.floor(to.getTime() / day) * day);
  if (first && last && first >= last) return undefined;
  const remainders: Span[] = [];
  if (from && first && from < first) remainders.push({ from, to: first });
  if (to && last && last < to) remainders.push({ from: last, to });
  return { first, last, remainders };
}

/** Whether a row of posting lists is of these days and of the event's target, or else of all targets. */
function isOfDays(
  pattern: EventPattern,
  { first, last }: Days,
  facet: string,
  { parameters }: SetScope,
): string {
  const date = (instant: Date): string => `(${parameters.addInstant(instant)} at time zone 'UTC')::date`;
  const conditions = [
    `p.facet = ${parameters.add(facet, 'text')}`,
    pattern.target === undefined
      ? 'p.folded is null'
      : `p.folded = ${parameters.add(pattern.target, 'text')}`,
    first && `p.day >= ${date(first)}`,
    last ? `p.day < ${date(last)}` : 'p.day is not null',
  ];
  return conditions.filter(Boolean).join(' and ');
}

/** Which parts of an event are asked for beside who did it. */
interface Asked {
  /** Their instants as well. */
  instants: boolean;
  /** Marks the rows as of this step. */
  step?: number;
}

/**
 * Writes the query of the events in a span: whole days from the lists, and what it has of its first and its last day from
 * the table. Undefined where there is no whole day, or where it goes by properties.
 */
export function eventsFromLists(
  pattern: EventPattern,
  span: Span,
  facet: string,
  { instants, step }: Asked,
  scope: SetScope,
): string | undefined {
  const days = daysOf(span);
  if (pattern.where || !days) return undefined;
  const mark = step === undefined ? '' : `${step} as step, `;
  const lists = `select ${mark}string_agg(p.list, ''::bytea) as list
    ${instants ? `, string_agg(p.instants, ''::bytea) as instants` : ''}
    from postings p where ${isOfDays(pattern, days, facet, scope)}`;
  const rest = days.remainders.map(
    (remainder) => `select ${mark}string_agg(int4send(e.ordinal), ''::bytea) as list
      ${instants ? `, string_agg(timestamptz_send(e.occurred_at), ''::bytea) as instants` : ''}
      from events e where ${matchesPattern('e', pattern, scope)} and ${withinSpan('e.occurred_at', remainder, scope)}`,
  );
  return [lists, ...rest].join('\nunion all\n');
}

/**
 * The same where it goes by properties: those of the days lie in a few places, while the events themselves would be read
 * from a page each. Undefined where there is no whole day, or where there is a target: lists of those have no properties.
 * @param having what holds of the events `e` of a contact; without, one will do.
 */
export function propertiesFromLists(
  pattern: EventPattern,
  span: Span,
  facet: string,
  having: ((scope: SetScope) => string) | undefined,
  scope: SetScope,
): string | undefined {
  const days = daysOf(span);
  if (pattern.target !== undefined || !days) return undefined;
  const { name, where } = pattern;
  const rest = days.remainders.map(
    (remainder) => `select e.ordinal, e.properties from events e
      where ${matchesPattern('e', { name }, scope)} and ${withinSpan('e.occurred_at', remainder, scope)}`,
  );
  const lists = `select unnest(p.ordinals), unnest(p.properties) from postings p
    where ${isOfDays(pattern, days, facet, scope)}`;
  return `select string_agg(int4send(s.ordinal), ''::bytea) as list from (
      select e.ordinal from (${[lists, ...rest].join('\nunion all\n')}) as e (ordinal, properties)
      where ${matchesProperties('e', where, scope)}
      ${having ? `group by e.ordinal having ${having(scope)}` : ''}
    ) as s`;
}
