import type { EventPattern, Span } from '@coterie/rules';
import { day } from '../../../../platform/clock.js';
import { matchesPattern } from '../leaves/event.sql.js';
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

/** Which parts of an event are asked for beside who did it. */
interface Asked {
  /** Their instants as well. */
  instants: boolean;
  /** Marks the rows as of this step. */
  step?: number;
}

/**
 * Writes the query of the events in a span: whole days from the lists, and what it has of its first and its last day from
 * the table. Undefined where there is no whole day, or where it goes by what only the table has.
 */
export function eventsFromLists(
  pattern: EventPattern,
  { from, to }: Span,
  facet: string,
  { instants, step }: Asked,
  scope: SetScope,
): string | undefined {
  if (pattern.where) return undefined;
  const first = from && new Date(Math.ceil(from.getTime() / day) * day);
  const last = to && new Date(Math.floor(to.getTime() / day) * day);
  if (first && last && first >= last) return undefined;
  const { parameters } = scope;
  const mark = step === undefined ? '' : `${step} as step, `;
  const listed = [
    `p.facet = ${parameters.add(facet, 'text')}`,
    pattern.target !== undefined && `p.folded = ${parameters.add(pattern.target, 'text')}`,
    first && `p.day >= (${parameters.addInstant(first)} at time zone 'UTC')::date`,
    last ? `p.day < (${parameters.addInstant(last)} at time zone 'UTC')::date` : 'p.day is not null',
  ];
  const lists = `select ${mark}string_agg(p.list, ''::bytea) as list
    ${instants ? `, string_agg(p.instants, ''::bytea) as instants` : ''}
    from postings p where ${listed.filter(Boolean).join(' and ')}`;
  const remainders: Span[] = [];
  if (from && first && from < first) remainders.push({ from, to: first });
  if (to && last && last < to) remainders.push({ from: last, to });
  const rest = remainders.map(
    (span) => `select ${mark}string_agg(int4send(e.ordinal), ''::bytea) as list
      ${instants ? `, string_agg(timestamptz_send(e.occurred_at), ''::bytea) as instants` : ''}
      from events e where ${matchesPattern('e', pattern, scope)} and ${withinSpan('e.occurred_at', span, scope)}`,
  );
  return [lists, ...rest].join('\nunion all\n');
}
