import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/**
 * Posting lists: who has each value and who did each thing on each day, packed, as of a version of the workspace. A set
 * that nobody keeps is read from a few of them instead of from a row of an index for each contact, and brought to the
 * present by the change feed. They say nothing that is not in the tables that they are made from.
 */
export class Postings1700000000034 implements MigrationInterface {
  name = 'Postings1700000000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table posting_bases (
        workspace_id uuid not null references workspaces,
        facet        text not null,                  -- as in the change feed; '*' is who works together
        version      bigint not null,                -- the lists say what was so at this version of the workspace
        has_values   boolean not null,               -- false where there are too many values to list each of them
        made_at      timestamptz not null default now(),
        primary key (workspace_id, facet)
      );
      ${isolate('posting_bases')}

      create table postings (
        workspace_id uuid not null,
        facet        text not null,
        place        integer not null,               -- 0: whoever has any value
        folded       text,                           -- the value, as in the attributes; of events the target
        number       float8,
        flag         boolean,
        instant      timestamptz,
        day          date,                           -- of events: all of a day in UTC, with this target or with any
        list         bytea not null,                 -- Roaring's portable format; of events int4send(ordinal) for each
        instants     bytea,                          -- of events: timestamptz_send(occurred_at), in the order of the list
        ordinals     integer[],                      -- of events with any target: the list once more, beside
        properties   jsonb[],                        -- theirs: both to be unnested
        primary key (workspace_id, facet, place),
        foreign key (workspace_id, facet) references posting_bases on delete cascade
      );
      -- Not compressed: they are packed as they are, and read whole. Properties are much alike.
      alter table postings alter list set storage external, alter instants set storage external;
      create index postings_by_day on postings (workspace_id, facet, folded, day) where day is not null;
      ${isolate('postings')}

      -- To look at what few contacts did, events are asked for by contact: with their names in the index, most need not be
      -- read from a page each.
      drop index events_of_contact;
      create index events_of_contact on events (workspace_id, ordinal, occurred_at) include (folded_name, folded_target);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
