import type { LookalikeCondition, Uuid } from '@coterie/rules';
import { select, type Moment, type SetPlan } from './set-plan.js';

/** Who is on a static list. */
export function listSet(id: Uuid, moment: Moment): SetPlan {
  return select(
    moment,
    ({ parameters }) =>
      `select m.ordinal from list_members m where m.segment_id = ${parameters.add(id, 'uuid')}`,
  );
}

/** The best `top` percent of a lookalike's ranked contacts, rounded up. */
export function lookalikeSet({ id, top }: LookalikeCondition, moment: Moment): SetPlan {
  return select(moment, ({ parameters }) => {
    const lookalike = parameters.add(id, 'uuid');
    return `select r.ordinal from lookalike_ranks r
      where r.lookalike_id = ${lookalike} and r.rank <= (
        select ceil(count(*) * ${parameters.add(top, 'integer')} / 100.0)
        from lookalike_ranks n where n.lookalike_id = ${lookalike}
      )`;
  });
}
