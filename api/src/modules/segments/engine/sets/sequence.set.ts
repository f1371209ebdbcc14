import { fixedLength, fold, nextMinute, type EventPattern, type SequenceCondition } from '@coterie/rules';
import { matchesPattern } from '../leaves/event.sql.js';
import { matchChains } from '../match-chains.js';
import { crossedBy, patternOf } from './event.set.js';
import { eventsFromLists } from './lists.js';
import { select, type Edge, type FromLists, type Moment, type SetPlan, type SetScope } from './selection.js';

/** The contacts who did one after the other: from each first event the earliest next step, as the truth goes. */
export function sequenceSet(condition: SequenceCondition, { timeZone }: Moment): SetPlan {
  const { steps } = condition;
  const crossed: Edge['crossed'] = (span, scope) =>
    steps.map((step) => crossedBy(step)(span, scope)).join('\nunion all\n');
  return select({
    of: ['sequence', condition, timeZone],
    facets: steps.map(({ name }) => `event:${fold(name)}`),
    isHeavy: true,
    edges: [{ at: ({ now }) => nextMinute(now), crossed }],
    find: (scope) => chain(condition, scope),
    fromLists: listsOf(condition),
  });
}

/** The events of all steps with their instants: to put those of each contact together here is faster than to sort them there. */
function listsOf({ steps, within }: SequenceCondition): FromLists {
  const facet = ({ name }: EventPattern): string => `event:${fold(name)}`;
  return {
    bases: steps.map(facet),
    needsValues: false,
    find(scope) {
      const span = { from: null, to: nextMinute(scope.now) };
      const parts = steps.map((given, step) =>
        eventsFromLists(patternOf(given), span, facet(given), { instants: true, step }, scope),
      );
      return parts.includes(undefined) ? undefined : parts.join('\nunion all\n');
    },
    conclude: (rows, _moment, end) =>
      matchChains(rows, { steps: steps.length, within: (fixedLength(within) as number) * 1000, end }),
  };
}

/**
 * One pass over the events of each contact, by time. At an event that is one of step n, `s<n>` is the latest start of all
 * chains that reach the step there: the greatest `s<n-1>` of the events that are strictly earlier. So the chain that ends
 * there is as short as it can be, and whoever did a thing often costs no more than their events.
 */
function chain({ steps, within }: SequenceCondition, scope: SetScope): string {
  const { parameters } = scope;
  const isStep = steps.map((step) => matchesPattern('e', step, scope));
  const flags = isStep.map((matches, step) => `${matches} as is${step}`);
  const names = parameters.add([...new Set(steps.map(({ name }) => fold(name)))], 'text[]');
  const last = steps.length - 1;
  let chained = `select e.ordinal, e.occurred_at, ${flags.join(', ')}, case when ${isStep[0]} then e.occurred_at end as s0
    from events e where ${scope.among('e.ordinal')} and e.folded_name = any(${names})
      and e.occurred_at < ${parameters.addInstant(nextMinute(scope.now))}
      and e.ordinal in (${whoDid(steps[last]!, scope)})`;
  for (let step = 1; step <= last; step += 1) {
    chained = `select *, case when is${step} then max(s${step - 1}) over (
        partition by ordinal order by occurred_at groups between unbounded preceding and 1 preceding
      ) end as s${step} from (${chained}) as c${step - 1}`;
  }
  const length = `${parameters.add(fixedLength(within), 'float8')} * interval '1 millisecond'`;
  return `select ordinal from (${chained}) as c${last} where s${last} >= occurred_at - ${length}`;
}

/** Most of those who took the first step never come to the last one. */
function whoDid(step: EventPattern, scope: SetScope): string {
  return `select e.ordinal from events e where ${scope.among('e.ordinal')} and ${matchesPattern('e', step, scope)}`;
}
