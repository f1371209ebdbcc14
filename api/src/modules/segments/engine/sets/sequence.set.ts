import { fixedLength, nextMinute, type SequenceCondition } from '@coterie/rules';
import { matchesPattern } from '../leaves/event.sql.js';
import { select, type Moment, type SetPlan } from './set-plan.js';

/** The contacts who did one after the other: from each first event the earliest next step, as the truth goes. */
export function sequenceSet({ steps, within }: SequenceCondition, moment: Moment): SetPlan {
  return select(moment, (scope) => {
    const { parameters } = scope;
    const now = parameters.addInstant(nextMinute(moment.now));
    const [first, ...others] = steps;
    const chain = others.map((pattern, index) => {
      const alias = `e${index + 1}`;
      const before = index === 0 ? 'e0.occurred_at' : `s${index}.at`;
      return `cross join lateral (
        select min(${alias}.occurred_at) as at from events ${alias}
        where ${alias}.workspace_id = e0.workspace_id and ${alias}.ordinal = e0.ordinal
          and ${matchesPattern(alias, pattern, scope)} and ${alias}.occurred_at < ${now} and ${alias}.occurred_at > ${before}
      ) s${index + 1}`;
    });
    const length = `${parameters.add(fixedLength(within), 'float8')} * interval '1 millisecond'`;
    return `select distinct e0.ordinal from events e0
      ${chain.join('\n')}
      where ${matchesPattern('e0', first!, scope)} and e0.occurred_at < ${now}
        and s${others.length}.at <= e0.occurred_at + ${length}`;
  });
}
