import type { LookalikeCondition, Uuid } from '@coterie/rules';
import { bestRank } from '../leaves/membership.sql.js';
import { select, type SetPlan } from './selection.js';

/** Who is on a static list. */
export function listSet(id: Uuid): SetPlan {
  return select({
    of: ['list', id],
    facets: [`list:${id}`],
    find: ({ parameters, among }) =>
      `select m.ordinal from list_members m
       where ${among('m.ordinal')} and m.segment_id = ${parameters.add(id, 'uuid')}`,
  });
}

/** The best `top` percent of a lookalike. Where everybody is ranked, somebody's leaving changes how many those are. */
export function lookalikeSet({ id, top }: LookalikeCondition): SetPlan {
  return select({
    of: ['lookalike', id, top],
    anew: [`lookalike:${id}`],
    isLocal: false,
    // To count all of them takes longer than to read the best.
    isHeavy: true,
    find: ({ parameters, among }) => {
      const lookalike = parameters.add(id, 'uuid');
      return `select r.ordinal from lookalike_ranks r
        where ${among('r.ordinal')} and r.lookalike_id = ${lookalike} and r.rank <= ${bestRank(lookalike, parameters.add(top, 'integer'))}`;
    },
  });
}
