import { eventSpan, type Count, type EventCondition, type Sum } from '@coterie/rules';
import { countIs, matchesPattern, sumIs } from '../leaves/event.sql.js';
import { withinSpan } from '../leaves/comparison.sql.js';
import { select, type Moment, type SetPlan, type SetScope } from './set-plan.js';

/** The contacts who did it so often, with such numbers, and for the first time if that is asked. */
export function eventSet(condition: EventCondition, moment: Moment): SetPlan {
  const { first, sum } = condition;
  const span = eventSpan(condition.window, moment.now, moment.timeZone);
  const count = condition.count ?? (sum ? undefined : { atLeast: 1 });
  const parts: SetPlan[] = [];
  if (count) parts.push(countSet(count, condition, moment));
  if (sum) parts.push(sumSet(sum, condition, moment));
  if (first && span.from) {
    const start = span.from;
    parts.push({
      without: select(moment, (scope) => {
        const before = `e.occurred_at < ${scope.parameters.addInstant(start)}`;
        return `select distinct e.ordinal from events e where ${matchesPattern('e', condition, scope)} and ${before}`;
      }),
    });
  }
  return parts.length === 1 ? parts[0]! : { each: parts };
}

/** @param having what holds of the events of one contact. */
function grouped(condition: EventCondition, moment: Moment, having: (scope: SetScope) => string): SetPlan {
  return select(moment, (scope) => {
    const span = eventSpan(condition.window, moment.now, moment.timeZone);
    const matching = `${matchesPattern('e', condition, scope)} and ${withinSpan('e.occurred_at', span, scope)}`;
    return `select e.ordinal from events e where ${matching} group by e.ordinal having ${having(scope)}`;
  });
}

/** Who did nothing of it has no events to group: what holds for none is found as the complement. */
function countSet(count: Count, condition: EventCondition, moment: Moment): SetPlan {
  const set = (asked: Count): SetPlan =>
    grouped(condition, moment, (scope) => countIs(asked, 'count(*)', scope));
  if ('atMost' in count) return { without: set({ atLeast: count.atMost + 1 }) };
  if ('exactly' in count && count.exactly === 0) return { without: set({ atLeast: 1 }) };
  return 'atLeast' in count && count.atLeast === 0 ? { each: [] } : set(count);
}

function sumSet(sum: Sum, condition: EventCondition, moment: Moment): SetPlan {
  const holds = (isWanted: boolean): SetPlan =>
    grouped(condition, moment, (scope) => `${isWanted ? '' : 'not '}${sumIs(sum, (total) => total, scope)}`);
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
