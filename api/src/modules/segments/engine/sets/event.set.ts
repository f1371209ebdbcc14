import {
  eventSpan,
  fold,
  type Count,
  type EventCondition,
  type EventPattern,
  type Span,
  type Sum,
} from '@coterie/rules';
import { matchesPattern, sumIs } from '../leaves/event.sql.js';
import { withinSpan } from '../leaves/comparison.sql.js';
import { soOften } from '../read-postings.js';
import { eventsFromLists, propertiesFromLists } from './lists.js';
import { select, type Edge, type FromLists, type Moment, type SetPlan, type SetScope } from './selection.js';

/** The contacts who did it so often, with such numbers, and for the first time if that is asked. */
export function eventSet(condition: EventCondition, moment: Moment): SetPlan {
  const { first, sum, window } = condition;
  const count = condition.count ?? (sum ? undefined : { atLeast: 1 });
  const parts: SetPlan[] = [];
  if (count) parts.push(countSet(count, condition, moment));
  if (sum) parts.push(sumSet(sum, condition, moment));
  if (first && window) parts.push({ without: beforeWindow(condition, moment) });
  return parts.length === 1 ? parts[0]! : { each: parts };
}

/** Those with such an event before the window. */
function beforeWindow(condition: EventCondition, { timeZone }: Moment): SetPlan {
  const pattern = patternOf(condition);
  const until = (moment: Moment): Date => spanOf(condition, moment).from as Date;
  return select({
    of: ['before', pattern, condition.window, timeZone],
    facets: [facetOf(condition)],
    edges: isMoving(condition) ? [{ at: until, crossed: crossedBy(pattern) }] : [],
    isHeavy: pattern.where !== undefined,
    find: (scope) =>
      `${eventsOf(pattern, scope)} and e.occurred_at < ${scope.parameters.addInstant(until(scope))}`,
    fromLists: listsIn(pattern, (scope) => ({ from: null, to: until(scope) }), {}),
  });
}

/** What is to hold of somebody's events; without any of it, one will do. */
interface EventsAsked {
  /** Tells it from other selections of the same events. */
  what: unknown;
  /** What holds of them, as SQL. */
  having?: ((scope: SetScope) => string) | undefined;
  /** Whether there may be so many. */
  holds?: ((times: number) => boolean) | undefined;
}

/** Those with events in the window of which something holds. */
function inWindow(
  condition: EventCondition,
  { timeZone }: Moment,
  { what, having, holds }: EventsAsked,
): SetPlan {
  const pattern = patternOf(condition);
  return select({
    of: ['event', pattern, condition.window, what, timeZone],
    facets: [facetOf(condition)],
    edges: windowEdges(condition),
    isHeavy: pattern.where !== undefined || having !== undefined,
    find: (scope) => {
      const matching = `${eventsOf(pattern, scope)} and ${withinSpan('e.occurred_at', spanOf(condition, scope), scope)}`;
      return having ? `${matching} group by e.ordinal having ${having(scope)}` : matching;
    },
    ...(holds && { holds }),
    fromLists: listsIn(pattern, (scope) => spanOf(condition, scope), { having, holds }),
  });
}

/** The lists of the days in a span. */
function listsIn(
  pattern: EventPattern,
  span: (moment: Moment) => Span,
  { having, holds }: Pick<EventsAsked, 'having' | 'holds'>,
): FromLists {
  const facet = facetOf(pattern);
  return {
    bases: [facet],
    needsValues: false,
    find: (scope) =>
      pattern.where || having
        ? propertiesFromLists(pattern, span(scope), facet, having, scope)
        : eventsFromLists(pattern, span(scope), facet, { instants: false }, scope),
    conclude: (rows) => soOften(rows, holds),
  };
}

/** Who did nothing of it has no events to group: what holds for none is found as the complement. */
function countSet(count: Count, condition: EventCondition, moment: Moment): SetPlan {
  const set = (asked: Count): SetPlan =>
    'atLeast' in asked && asked.atLeast === 1
      ? inWindow(condition, moment, { what: 'any' })
      : inWindow(condition, moment, { what: asked, holds: (times) => isSoMany(times, asked) });
  if ('atMost' in count) return { without: set({ atLeast: count.atMost + 1 }) };
  if ('exactly' in count && count.exactly === 0) return { without: set({ atLeast: 1 }) };
  return 'atLeast' in count && count.atLeast === 0 ? { each: [] } : set(count);
}

function isSoMany(times: number, asked: Count): boolean {
  if ('atLeast' in asked) return times >= asked.atLeast;
  return 'atMost' in asked ? times <= asked.atMost : times === asked.exactly;
}

function sumSet(sum: Sum, condition: EventCondition, moment: Moment): SetPlan {
  const holds = (isWanted: boolean): SetPlan =>
    inWindow(condition, moment, {
      what: [sum, isWanted],
      having: (scope) => `${isWanted ? '' : 'not '}${sumIs(sum, (total) => total, scope)}`,
    });
  return sum.function === 'sum' && holdsForNothing(sum) ? { without: holds(false) } : holds(true);
}

/** Whether the sum of no events, 0, is one that is asked for. */
function holdsForNothing({ op, value, values }: Sum): boolean {
  const [from, to] = values ?? [];
  const zero: Record<Sum['op'], () => boolean> = {
    equals: () => Number(value) === 0,
    gt: () => 0 > Number(value),
    gte: () => 0 >= Number(value),
    lt: () => 0 < Number(value),
    lte: () => 0 <= Number(value),
    between: () => Number(from) <= 0 && 0 <= Number(to),
  };
  return zero[op]();
}

/** The same with its name and target as they are compared. */
export function patternOf({ name, target, where }: EventPattern): EventPattern {
  return { name: fold(name), ...(target !== undefined && { target: fold(target) }), ...(where && { where }) };
}

const facetOf = ({ name }: EventPattern): string => `event:${fold(name)}`;

function eventsOf(pattern: EventPattern, scope: SetScope): string {
  return `select e.ordinal from events e where ${scope.among('e.ordinal')} and ${matchesPattern('e', pattern, scope)}`;
}

function spanOf({ window }: EventCondition, { now, timeZone }: Moment) {
  return eventSpan(window, now, timeZone);
}

const isMoving = ({ window }: EventCondition): boolean => window !== undefined && 'last' in window;

/** A window that ends now lets in what was ahead of its time, and one of a length lets go of what has grown old. */
function windowEdges(condition: EventCondition): Edge[] {
  const { window } = condition;
  if (window && 'between' in window) return [];
  const crossed = crossedBy(patternOf(condition));
  const edge = (end: 'from' | 'to'): Edge => ({
    at: (moment) => spanOf(condition, moment)[end] as Date,
    crossed,
  });
  return isMoving(condition) ? [edge('from'), edge('to')] : [edge('to')];
}

/** Those with such an event in the span. */
export function crossedBy(pattern: EventPattern): NonNullable<Edge['crossed']> {
  return (span, scope) => `${eventsOf(pattern, scope)} and ${withinSpan('e.occurred_at', span, scope)}`;
}
