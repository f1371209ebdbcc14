import type { SampleCondition } from '@coterie/rules';
import { sampleLeaf } from '../leaves/sample.sql.js';
import { select, type SetPlan } from './selection.js';

/** A stable random share: nothing is indexed for it, so everybody is looked at. */
export function sampleSet(condition: SampleCondition): SetPlan {
  return select({
    of: ['sample', condition],
    isHeavy: true,
    find: (scope) =>
      `select c.ordinal from contacts c where ${scope.among('c.ordinal')} and ${sampleLeaf(condition, scope)}`,
  });
}
