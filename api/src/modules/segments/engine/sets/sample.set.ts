import type { SampleCondition } from '@coterie/rules';
import { sampleLeaf } from '../leaves/sample.sql.js';
import { select, type Moment, type SetPlan } from './set-plan.js';

/** A stable random share: nothing is indexed for it, so everybody is looked at. */
export function sampleSet(condition: SampleCondition, moment: Moment): SetPlan {
  return select(moment, (scope) => `select c.ordinal from contacts c where ${sampleLeaf(condition, scope)}`);
}
