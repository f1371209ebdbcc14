import { fixedLength, nextMinute, type SequenceCondition } from '@coterie/rules';
import { matchesPattern } from './event.sql.js';
import { ofContact, type LeafScope } from './leaf.js';

/**
 * Events one after another. From each first event the chain takes the earliest next step that is strictly later, which
 * leaves the most room for the rest: if any choice of events fits, this one does.
 */
export function sequenceLeaf({ steps, within }: SequenceCondition, scope: LeafScope): string {
  const { parameters } = scope;
  const now = parameters.addInstant(nextMinute(scope.now));
  const chain = steps.map((pattern, index) => {
    const alias = `e${index}`;
    const matching = `events ${alias} where ${ofContact(alias)} and ${matchesPattern(alias, pattern, scope)}
      and ${alias}.occurred_at < ${now}`;
    if (index === 0) return `(select e0.occurred_at as at from ${matching}) s0`;
    return `cross join lateral (
      select min(${alias}.occurred_at) as at from ${matching} and ${alias}.occurred_at > s${index - 1}.at
    ) s${index}`;
  });
  const length = `${parameters.add(fixedLength(within), 'float8')} * interval '1 millisecond'`;
  return `exists (
    select 1 from ${chain.join('\n    ')}
    where s${steps.length - 1}.at <= s0.at + ${length}
  )`;
}
