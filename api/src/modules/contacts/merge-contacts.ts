import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** Contacts that turn out to be others, by ordinal: `from[i]` becomes part of `into[i]`. */
export interface Merges {
  from: number[];
  into: number[];
}

const merges = 'unnest($1::int[], $2::int[]) as merge (source, target)';

/**
 * What moves a contact's rows to another, in order. Attributes are not among them: which of them are missing is decided
 * where the batch is applied. Where both have a row, the other contact's stays, but for the later consent.
 */
const moves = [
  `update contact_identities as i set ordinal = merge.target from ${merges} where i.ordinal = merge.source`,
  `update events as e set ordinal = merge.target from ${merges} where e.ordinal = merge.source`,
  `insert into list_members (workspace_id, segment_id, ordinal, added_at)
   select m.workspace_id, m.segment_id, merge.target, min(m.added_at)
   from ${merges} join list_members as m on m.ordinal = merge.source
   group by m.workspace_id, m.segment_id, merge.target
   on conflict do nothing`,
  `insert into seed_list_members (workspace_id, seed_list_id, ordinal, value)
   select m.workspace_id, m.seed_list_id, merge.target, max(m.value)
   from ${merges} join seed_list_members as m on m.ordinal = merge.source
   group by m.workspace_id, m.seed_list_id, merge.target
   on conflict do nothing`,
  `insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank)
   select m.workspace_id, m.lookalike_id, merge.target, min(m.rank)
   from ${merges} join lookalike_ranks as m on m.ordinal = merge.source
   group by m.workspace_id, m.lookalike_id, merge.target
   on conflict do nothing`,
  `insert into consents (workspace_id, ordinal, channel, state, source, proof, recorded_at)
   select distinct on (merge.target, c.channel)
     c.workspace_id, merge.target, c.channel, c.state, c.source, c.proof, c.recorded_at
   from ${merges} join consents as c on c.ordinal = merge.source
   order by merge.target, c.channel, c.recorded_at desc
   on conflict (workspace_id, ordinal, channel) do update set
     state = excluded.state, source = excluded.source, proof = excluded.proof, recorded_at = excluded.recorded_at
   where excluded.recorded_at > consents.recorded_at`,
  // The history is never updated: it is written again for the other contact.
  `insert into consent_history (workspace_id, id, ordinal, channel, state, source, proof, recorded_at)
   select h.workspace_id, gen_random_uuid(), merge.target, h.channel, h.state, h.source, h.proof, h.recorded_at
   from ${merges} join consent_history as h on h.ordinal = merge.source`,
];

/**
 * Makes contacts part of others and removes them: events, lists, seed lists, lookalikes, consents and identities move
 * over, their ordinals are retired. Every target exists and is not itself merged away.
 */
export async function mergeContacts(tx: WorkspaceTransaction, { from, into }: Merges): Promise<void> {
  if (from.length === 0) return;
  // Whoever adds events to such a contact holds a share of its row: once this lock is had, all of them are seen.
  await tx.query('select from contacts where ordinal = any($1::int[]) order by ordinal for update', [from]);
  for (const move of moves) await tx.query(move, [from, into]);
  await tx.query('delete from contacts where ordinal = any($1::int[])', [from]);
  tx.changed([...from, ...into], '*');
}
