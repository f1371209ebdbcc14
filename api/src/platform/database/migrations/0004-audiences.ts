import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Segments with their versions, static lists, custom audiences, seed lists, lookalikes, and long work. */
export class Audiences1700000000004 implements MigrationInterface {
  name = 'Audiences1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table segments (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        kind         text not null check (kind in ('rule', 'static')),
        name         text not null,
        folded_name  text not null,
        description  text not null default '',
        rule         jsonb,
        version      integer not null default 1,
        created_by   text not null,                  -- 'user:<id>' or 'key:<id>'
        created_at   timestamptz not null default now(),
        updated_at   timestamptz not null default now(),
        archived_at  timestamptz,
        primary key (workspace_id, id),
        check ((kind = 'rule') = (rule is not null))
      );
      create unique index segments_by_name on segments (workspace_id, folded_name) where archived_at is null;
      create index segments_by_update on segments (workspace_id, updated_at, id);
      ${isolate('segments')}

      create table segment_versions (
        workspace_id uuid not null,
        segment_id   uuid not null,
        version      integer not null,
        name         text not null,
        description  text not null,
        rule         jsonb,
        created_by   text not null,
        created_at   timestamptz not null default now(),
        primary key (workspace_id, segment_id, version),
        foreign key (workspace_id, segment_id) references segments on delete cascade
      );
      ${isolate('segment_versions', 'select, insert')}

      -- Which segment's rule names which other, so that 'used by' and cycles are one look-up.
      create table segment_references (
        workspace_id  uuid not null,
        segment_id    uuid not null,
        referenced_id uuid not null,
        primary key (workspace_id, segment_id, referenced_id),
        foreign key (workspace_id, segment_id) references segments on delete cascade,
        foreign key (workspace_id, referenced_id) references segments
      );
      create index segment_references_back on segment_references (workspace_id, referenced_id);
      ${isolate('segment_references')}

      -- The members of a static segment.
      create table list_members (
        workspace_id uuid not null,
        segment_id   uuid not null,
        ordinal      integer not null,
        added_at     timestamptz not null default now(),
        primary key (workspace_id, segment_id, ordinal),
        foreign key (workspace_id, segment_id) references segments on delete cascade,
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index list_members_of_contact on list_members (workspace_id, ordinal);
      ${isolate('list_members')}

      create table custom_audiences (
        workspace_id uuid not null,
        id           uuid not null,
        name         text not null,
        platform     text not null,
        kind         text not null check (kind in ('contacts', 'companies')),
        segment_id   uuid not null,
        identifiers  text[] not null,
        created_by   text not null,
        created_at   timestamptz not null default now(),
        updated_at   timestamptz not null default now(),
        archived_at  timestamptz,
        primary key (workspace_id, id),
        foreign key (workspace_id, segment_id) references segments
      );
      create index custom_audiences_of_segment on custom_audiences (workspace_id, segment_id);
      ${isolate('custom_audiences')}

      create table seed_lists (
        workspace_id    uuid not null,
        id              uuid not null,
        name            text not null,
        segment_id      uuid,                        -- where it was taken from, if from a segment
        value_attribute text,                        -- the number attribute that gave each contact's value
        created_by      text not null,
        created_at      timestamptz not null default now(),
        archived_at     timestamptz,
        primary key (workspace_id, id),
        foreign key (workspace_id, segment_id) references segments
      );
      create index seed_lists_of_segment on seed_lists (workspace_id, segment_id);
      ${isolate('seed_lists')}

      create table seed_list_members (
        workspace_id uuid not null,
        seed_list_id uuid not null,
        ordinal      integer not null,
        value        float8 check (value >= 0 and value < 'Infinity'),
        primary key (workspace_id, seed_list_id, ordinal),
        foreign key (workspace_id, seed_list_id) references seed_lists on delete cascade,
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index seed_list_members_of_contact on seed_list_members (workspace_id, ordinal);
      ${isolate('seed_list_members')}

      create table lookalikes (
        workspace_id uuid not null,
        id           uuid not null,
        name         text not null,
        seed_list_id uuid not null,
        created_at   timestamptz not null default now(),
        primary key (workspace_id, id),
        foreign key (workspace_id, seed_list_id) references seed_lists
      );
      create index lookalikes_of_seed_list on lookalikes (workspace_id, seed_list_id);
      ${isolate('lookalikes')}

      -- 1 is the most alike. The top p % of n ranked contacts are those with rank <= ceil(n * p / 100).
      create table lookalike_ranks (
        workspace_id uuid not null,
        lookalike_id uuid not null,
        ordinal      integer not null,
        rank         integer not null check (rank > 0),
        primary key (workspace_id, lookalike_id, ordinal),
        foreign key (workspace_id, lookalike_id) references lookalikes on delete cascade,
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index lookalike_ranks_by_rank on lookalike_ranks (workspace_id, lookalike_id, rank) include (ordinal);
      create index lookalike_ranks_of_contact on lookalike_ranks (workspace_id, ordinal);
      ${isolate('lookalike_ranks')}

      create table jobs (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        kind         text not null,
        state        text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        input        jsonb not null,
        progress     jsonb not null default '{}',
        error        jsonb,                          -- {code, message, path}
        created_by   text not null,
        created_at   timestamptz not null default now(),
        started_at   timestamptz,
        finished_at  timestamptz,
        primary key (workspace_id, id)
      );
      create index jobs_by_creation on jobs (workspace_id, kind, created_at, id);
      ${isolate('jobs')}

      -- An uploaded file, in the database so that any worker can take the import up where another left it.
      create table import_chunks (
        workspace_id uuid not null,
        job_id       uuid not null,
        sequence     integer not null,
        bytes        bytea not null,
        primary key (workspace_id, job_id, sequence),
        foreign key (workspace_id, job_id) references jobs on delete cascade
      );
      ${isolate('import_chunks')}

      create table import_rejections (
        workspace_id uuid not null,
        job_id       uuid not null,
        line         integer not null,               -- in the file, from 1, the header included
        code         text not null,
        path         text not null,
        message      text not null,
        cells        text[] not null,
        primary key (workspace_id, job_id, line),
        foreign key (workspace_id, job_id) references jobs on delete cascade
      );
      ${isolate('import_rejections')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
