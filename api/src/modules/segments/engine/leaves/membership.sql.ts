import type { LookalikeCondition, Uuid } from '@coterie/rules';
import { ofContact, type LeafScope } from './leaf.js';

/** Members of another segment; of one that is gone, nobody is. */
export function segmentLeaf(id: Uuid, scope: LeafScope): string {
  const table = scope.segmentTable.get(id);
  return table ? `c.ordinal in (select ordinal from ${table})` : 'false';
}

/** Contacts on a static list. */
export function listLeaf(id: Uuid, { parameters }: LeafScope): string {
  return `exists (
    select 1 from list_members m where ${ofContact('m')} and m.segment_id = ${parameters.add(id, 'uuid')}
  )`;
}

/** The best `top` percent of a lookalike, rounded up. */
export function lookalikeLeaf({ id, top }: LookalikeCondition, { parameters }: LeafScope): string {
  const lookalike = parameters.add(id, 'uuid');
  const share = parameters.add(top, 'integer');
  return `exists (
    select 1 from lookalike_ranks r
    where ${ofContact('r')} and r.lookalike_id = ${lookalike}
      and r.rank <= ${bestRank(lookalike, share)}
  )`;
}

/** The rank of the last of the best so many percent, as SQL: of all that it was grown among, or of those that are ranked. */
export function bestRank(lookalike: string, share: string): string {
  return `(select ceil(coalesce(l.pool_size, (
      select count(*) from lookalike_ranks n where n.lookalike_id = l.id
    )) * ${share} / 100.0) from lookalikes l where l.id = ${lookalike})`;
}
