import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Custom audiences on their way to a destination: where to and when, what the platform was told of whom, and every run. */
export class AudienceSyncs1700000000029 implements MigrationInterface {
  name = 'AudienceSyncs1700000000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Apart from custom_audiences, because whoever moves its members locks this row, and nobody who renames one is to
      -- wait for that.
      create table audience_deliveries (
        workspace_id     uuid not null,
        audience_id      uuid not null,
        destination_id   uuid,                       -- null: for downloads only
        schedule         text not null check (schedule in ('manual', 'on_change', 'hourly', 'daily')),
        daily_hour       smallint check (daily_hour between 0 and 23),
        paused_at        timestamptz,
        remote_id        text,                       -- the platform's own id of the audience, once it was made there
        remote_ready_at  timestamptz,                -- when it takes members for the first time
        next_sync_at     timestamptz,                -- of hourly and daily ones
        planned_version  bigint,                     -- of the workspace, and the transition of the segment,
        planned_sequence bigint,                     -- that the last plan was made at
        primary key (workspace_id, audience_id),
        foreign key (workspace_id, audience_id) references custom_audiences on delete cascade,
        foreign key (workspace_id, destination_id) references destinations,
        check ((schedule = 'daily') = (daily_hour is not null))
      );
      create index audience_deliveries_of_destination on audience_deliveries (workspace_id, destination_id);
      ${isolate('audience_deliveries')}

      -- What the platform was told, or is about to be: a removal says what the addition said, whatever has become of the
      -- contact since. So no foreign key leads to contacts: a row outlives its contact until the platform has confirmed.
      -- It is written only while the row of audience_deliveries is held, whose foreign key therefore does for these as well;
      -- and there is room on each page for the rows as they are when they are sent, without new entries in the indexes.
      create table audience_members (
        workspace_id uuid not null,
        audience_id  uuid not null,
        place        bigint generated always as identity,
        ordinal      integer,                        -- of a contact
        company_id   uuid,                           -- in an audience of companies
        values       json not null,                  -- by field, as the platform wants it: kept as it was written
        state        text not null check (state in ('adding', 'held', 'leaving', 'rejected')),
        told         boolean not null default false, -- whether the platform may know of it
        batch        integer,                        -- the batch of the run under way that it is in
        because      text,                           -- why the platform did not take it
        erasure_id   uuid,                           -- the request of whoever is being erased
        primary key (workspace_id, audience_id, place),
        check (num_nonnulls(ordinal, company_id) = 1)
      ) with (fillfactor = 55);
      create unique index audience_members_by_contact on audience_members (workspace_id, audience_id, ordinal)
        where ordinal is not null and state <> 'leaving';
      create unique index audience_members_by_company on audience_members (workspace_id, audience_id, company_id)
        where company_id is not null and state <> 'leaving';
      create index audience_members_by_state on audience_members (workspace_id, audience_id, state, place);
      create index audience_members_erased on audience_members (workspace_id, erasure_id) where erasure_id is not null;
      ${isolate('audience_members')}

      create table audience_syncs (
        workspace_id       uuid not null,
        id                 uuid not null,
        audience_id        uuid not null,
        destination_id     uuid not null,
        cause              text not null check (cause in ('manual', 'schedule', 'change', 'withdrawal', 'emptying')),
        created_by         text not null,            -- 'user:<id>', 'key:<id>' or 'system'
        status             text not null check (status in ('running', 'waiting', 'succeeded', 'failed', 'cancelled')),
        phase              text not null check (phase in ('planning', 'sending', 'done')),
        started_at         timestamptz not null,
        finished_at        timestamptz,
        resume_at          timestamptz,              -- of one that waits
        attempts           integer not null default 0,
        trouble            text,                     -- in words
        session            uuid not null,
        sequence           integer not null default 0, -- of the latest batch
        open_action        text check (open_action in ('add', 'remove')), -- of that batch while its outcome is not known
        open_is_last       boolean,
        total              integer,                  -- members of all batches
        members            integer,                  -- null where nothing was planned
        without_consent    integer,
        suppressed         integer,
        eligible           integer,
        without_identifier integer,
        refused            integer,
        duplicates         integer,
        unchanged          integer,
        to_add             integer not null default 0,
        to_remove          integer not null default 0,
        added              integer not null default 0,
        removed            integer not null default 0,
        rejected           integer not null default 0,
        primary key (workspace_id, id),
        foreign key (workspace_id, audience_id) references custom_audiences on delete cascade,
        check ((finished_at is null) = (status in ('running', 'waiting')))
      );
      create unique index audience_syncs_open on audience_syncs (workspace_id, audience_id) where finished_at is null;
      create index audience_syncs_by_start on audience_syncs (workspace_id, audience_id, started_at, id);
      ${isolate('audience_syncs')}

      -- How far withdrawals of the workspace have been followed.
      create table audience_progress (
        workspace_id uuid not null references workspaces,
        version      bigint not null,
        primary key (workspace_id)
      );
      ${isolate('audience_progress')}

      -- When the next batch may go to a destination, over all its audiences and all processes.
      create table destination_paces (
        workspace_id   uuid not null references workspaces,
        destination_id uuid not null,
        next_at        timestamptz not null,
        primary key (workspace_id, destination_id)
      );
      ${isolate('destination_paces')}

      -- Which destinations an erasure had to tell, for its receipt: nothing of the person.
      create table erasure_notices (
        workspace_id     uuid not null,
        request_id       uuid not null,
        audience_id      uuid not null,
        destination_name text not null,
        noted_at         timestamptz not null,
        confirmed_at     timestamptz,
        primary key (workspace_id, request_id, audience_id),
        foreign key (workspace_id, request_id) references privacy_requests on delete cascade,
        foreign key (workspace_id, audience_id) references custom_audiences
      );
      ${isolate('erasure_notices')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
