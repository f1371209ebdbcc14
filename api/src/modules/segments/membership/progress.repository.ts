import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** How far the memberships of a workspace have come, all together. */
export interface Progress {
  /** Raised by each write: who writes names the one that they judged by. */
  revision: number;
  /** What everything that follows is exact at; null before the first time. */
  claim: Claim | null;
}

/** What memberships are exact at. */
export interface Claim {
  version: number;
  /** The minute. */
  asOf: Date;
  /** Whether any of them can change by the passing of time alone. */
  usesClock: boolean;
  timeZone: string;
}

/** A workspace as it is now, beside how far its memberships have come. */
export interface Situation extends Progress {
  version: number;
  timeZone: string;
  /** Whether there is any segment in use. */
  hasSegments: boolean;
}

interface Row {
  revision: string;
  claimed: string | null;
  as_of: Date;
  uses_clock: boolean;
  claimed_zone: string;
  version: string;
  time_zone: string;
  has_segments: boolean;
}

/** Reads it in one look-up by keys: what is asked again and again while nothing happens. */
export async function readSituation(tx: WorkspaceTransaction): Promise<Situation> {
  const rows = await tx.query<Row>(
    `select coalesce(p.revision, 0) as revision, p.version as claimed, p.as_of, p.uses_clock,
       p.time_zone as claimed_zone, coalesce(v.version, 0) as version, w.time_zone,
       exists (select from segments where archived_at is null) as has_segments
     from workspaces as w
     left join workspace_versions as v on v.workspace_id = w.id
     left join segment_progress as p on p.workspace_id = w.id
     where w.id = $1`,
    [tx.workspaceId],
  );
  const row = rows[0]!;
  return {
    revision: Number(row.revision),
    claim:
      row.claimed === null
        ? null
        : {
            version: Number(row.claimed),
            asOf: row.as_of,
            usesClock: row.uses_clock,
            timeZone: row.claimed_zone,
          },
    version: Number(row.version),
    timeZone: row.time_zone,
    hasSegments: row.has_segments,
  };
}

/** Thrown where somebody else has written memberships since they were read: they are to be judged anew. */
export class Overtaken extends Error {}

/**
 * Takes the memberships of the workspace for this transaction; others wait.
 * @returns the revision that they have from now on. Throws {@link Overtaken} when they do not have this one.
 */
export async function takeRevision(tx: WorkspaceTransaction, judgedBy: number): Promise<number> {
  const rows = await tx.query<{ revision: string }>(
    `with taken as (
       insert into segment_progress as p (workspace_id, revision) values ($1, 1)
       on conflict (workspace_id) do update set revision = p.revision + 1 where p.revision = $2
       returning revision
     )
     select revision from taken`,
    [tx.workspaceId, judgedBy],
  );
  const revision = Number(rows[0]?.revision);
  // The row of a workspace that had none is made with 1, whatever was expected.
  if (revision !== judgedBy + 1) throw new Overtaken();
  return revision;
}

/** The same from whatever revision there is: who judged before this has to do it anew. */
export async function raiseRevision(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(
    `insert into segment_progress as p (workspace_id, revision) values ($1, 1)
     on conflict (workspace_id) do update set revision = p.revision + 1`,
    [tx.workspaceId],
  );
}

/** Notes what everything that follows is exact at. */
export async function saveClaim(tx: WorkspaceTransaction, claim: Claim): Promise<void> {
  const { version, asOf, usesClock, timeZone } = claim;
  await tx.query('update segment_progress set version = $1, as_of = $2, uses_clock = $3, time_zone = $4', [
    version,
    asOf.toISOString(),
    usesClock,
    timeZone,
  ]);
}
