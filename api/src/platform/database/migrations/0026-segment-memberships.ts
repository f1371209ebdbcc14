import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Who is in each segment, who entered and who left it and when, and how large it was. */
export class SegmentMemberships1700000000026 implements MigrationInterface {
  name = 'SegmentMemberships1700000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How far the memberships of a workspace have come, all together. Whoever writes one raises the revision, in the
      -- same transaction and only from the one that was read: so what was judged by an older state is never written.
      create table segment_progress (
        workspace_id uuid primary key references workspaces,
        revision     bigint not null,
        version      bigint,                         -- what follows is exact at this version of the workspace
        as_of        timestamptz,                    -- and at this minute,
        uses_clock   boolean,                        -- by which it can move without a write if this is true,
        time_zone    text                            -- in this time zone
      );
      ${isolate('segment_progress', 'select, insert, update')}

      -- The present members of a segment: those of the base, and what the log says since. Storing all of them at each
      -- step would cost as much as there are contacts; so the base is stored anew only when the log has outgrown it.
      create table segment_memberships (
        workspace_id  uuid not null,
        segment_id    uuid not null,
        base          bytea,                         -- ordinals in Roaring's portable format; null before the first time
        base_sequence bigint not null default 0,     -- as they were after this transition
        sequence      bigint not null default 0,     -- the latest transition
        size          integer,
        definition    text,                          -- a print of what was asked
        version       bigint,                        -- exact at this version, or, while it follows, at the later one
        as_of         timestamptz,                   -- of the progress; with the minute it is the same
        follows       boolean not null,              -- false of what is archived, or cannot be answered
        error         jsonb,                         -- why it cannot: {code, path, message}
        primary key (workspace_id, segment_id),
        foreign key (workspace_id, segment_id) references segments on delete cascade,
        check (num_nulls(size, version, as_of) in (0, 3) and (base is null or size is not null))
      );
      ${isolate('segment_memberships')}

      -- Written only with the row of segment_memberships, whose foreign key therefore does for these as well: one of
      -- their own would cost as much as the row.
      create table segment_transitions (
        workspace_id  uuid not null,
        segment_id    uuid not null,
        sequence      bigint not null,               -- 1, 2, 3 … within the segment, without gaps
        ordinal       integer,                       -- null once the person was erased
        contact_id    uuid,                          -- null then, too, and where the contact was gone before it was seen
        entered       boolean not null,              -- else left
        by_definition boolean not null,              -- by a change of what is asked, not of the contact
        version       bigint not null,
        at            timestamptz not null,
        primary key (workspace_id, segment_id, sequence),
        check (ordinal is not null or contact_id is null)
      );
      create index segment_transitions_of_contact on segment_transitions (workspace_id, ordinal) where ordinal is not null;
      ${isolate('segment_transitions')}

      create table segment_sizes (
        workspace_id uuid not null,
        segment_id   uuid not null,
        at           timestamptz not null,           -- the minute
        size         integer not null,               -- at its end
        entered      integer not null,               -- since the point before
        exited       integer not null,
        version      bigint not null,
        grain        smallint not null default 0,    -- 0: one a minute, 1: one an hour, 2: one a day
        primary key (workspace_id, segment_id, at),
        foreign key (workspace_id, segment_id) references segments on delete cascade
      );
      create index segment_sizes_to_thin on segment_sizes (workspace_id, grain, at);
      ${isolate('segment_sizes')}

      -- The contact that somebody was before a merge, by its number.
      create index contact_merges_by_merged on contact_merges (workspace_id, loser_ordinal) where undone_at is null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
