import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** What kind of thing uses a segment. */
export type SegmentUserKind = 'segment' | 'custom_audience' | 'seed_list' | 'automation';

/** Something that would miss the segment. */
export interface SegmentUser {
  /** The segment that it uses. */
  segmentId: string;
  kind: SegmentUserKind;
  id: string;
  name: string;
}

/** More than this nobody reads, and a message with all of them would be long. */
const mostUsers = 1_000;

/** The active segments, custom audiences, seed lists and automations that use one of these segments, by kind and name. */
export async function usersOf(
  tx: WorkspaceTransaction,
  segmentIds: readonly string[],
): Promise<SegmentUser[]> {
  return tx.query<SegmentUser>(
    `select used as "segmentId", kind, id, name
     from (
       select r.referenced_id as used, 1 as place, 'segment' as kind, s.id, s.name
       from segment_references r
       join segments s on s.workspace_id = r.workspace_id and s.id = r.segment_id
       where r.referenced_id = any($1::uuid[]) and s.archived_at is null
       union all
       select a.segment_id, 2, 'custom_audience', a.id, a.name from custom_audiences a
       where a.segment_id = any($1::uuid[]) and a.archived_at is null
       union all
       select l.segment_id, 3, 'seed_list', l.id, l.name from seed_lists l
       where l.segment_id = any($1::uuid[]) and l.archived_at is null
       union all
       select m.segment_id, 4, 'automation', m.id, m.name from automations m
       where m.segment_id = any($1::uuid[]) and m.status <> 'archived'
     ) as users
     order by place, name, id
     limit $2`,
    [segmentIds, mostUsers],
  );
}
