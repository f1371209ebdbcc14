import { fixedLength, fold, nextMinute, type SequenceCondition } from '@coterie/rules';
import { matchesPattern } from '../leaves/event.sql.js';
import { crossedBy } from './event.set.js';
import { select, type Edge, type Moment, type SetPlan, type SetScope } from './selection.js';

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
  });
}

function chain({ steps, within }: SequenceCondition, scope: SetScope): string {
  const { parameters } = scope;
  const now = parameters.addInstant(nextMinute(scope.now));
  const [first, ...others] = steps;
  const links = others.map((pattern, index) => {
    const alias = `e${index + 1}`;
    const before = index === 0 ? 'e0.occurred_at' : `s${index}.at`;
    return `cross join lateral (
      select min(${alias}.occurred_at) as at from events ${alias}
      where ${alias}.workspace_id = e0.workspace_id and ${alias}.ordinal = e0.ordinal
        and ${matchesPattern(alias, pattern, scope)} and ${alias}.occurred_at < ${now} and ${alias}.occurred_at > ${before}
    ) s${index + 1}`;
  });
  const length = `${parameters.add(fixedLength(within), 'float8')} * interval '1 millisecond'`;
  return `select e0.ordinal from events e0
    ${links.join('\n')}
    where ${scope.among('e0.ordinal')} and ${matchesPattern('e0', first!, scope)} and e0.occurred_at < ${now}
      and s${others.length}.at <= e0.occurred_at + ${length}`;
}
