import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What happens by itself when a contact enters or leaves a segment, and what came of it. */
export class Automations1700000000031 implements MigrationInterface {
  name = 'Automations1700000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table automations (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        name         text not null,
        segment_id   uuid not null,
        trigger      text not null check (trigger in ('enter', 'exit')),
        actions      jsonb not null,                 -- automation.ts
        guards       jsonb not null,
        status       text not null check (status in ('draft', 'active', 'paused', 'archived')),
        version      integer not null,               -- raised by each change of what it does
        place        bigint,                         -- the transition of the segment that was looked at last
        trouble      text,                           -- why it stands still, in words
        created_by   text not null,
        created_at   timestamptz not null,
        updated_at   timestamptz not null,
        activated_at timestamptz,
        primary key (workspace_id, id),
        foreign key (workspace_id, segment_id) references segments
      );
      create index automations_by_creation on automations (workspace_id, created_at, id);
      create index automations_of_segment on automations (workspace_id, segment_id);
      ${isolate('automations')}

      create table automation_versions (
        workspace_id  uuid not null,
        automation_id uuid not null,
        version       integer not null,
        actions       jsonb not null,
        guards        jsonb not null,
        primary key (workspace_id, automation_id, version),
        foreign key (workspace_id, automation_id) references automations on delete cascade
      );
      ${isolate('automation_versions')}

      -- One for each transition that sets an automation off. A contact is named by its id, which a merge leads on from.
      create table automation_runs (
        workspace_id  uuid not null,
        id            uuid not null,
        automation_id uuid not null,
        version       integer not null,
        sequence      bigint not null,               -- of the transition
        contact_id    uuid,                          -- null once the person was erased
        status        text not null check (status in ('due', 'done', 'skipped', 'failed')),
        reason        text,                          -- automation.ts
        detail        text,                          -- in words
        next_action   smallint not null default 0,
        attempts      smallint not null default 0,
        entered_at    timestamptz not null,
        due_at        timestamptz not null,
        finished_at   timestamptz,
        primary key (workspace_id, id),
        unique (workspace_id, automation_id, sequence),
        foreign key (workspace_id, automation_id, version) references automation_versions on delete cascade,
        check ((finished_at is null) = (status = 'due'))
      );
      create index automation_runs_due on automation_runs (workspace_id, due_at, id) where status = 'due';
      create index automation_runs_by_time on automation_runs (workspace_id, automation_id, entered_at, id);
      create index automation_runs_of_contact on automation_runs (workspace_id, contact_id, entered_at, id);
      ${isolate('automation_runs')}

      -- What each action of a run came to. A message is noted before it is handed over, so that it never goes twice.
      create table automation_steps (
        workspace_id uuid not null,
        run_id       uuid not null,
        action       smallint not null,
        kind         text not null,
        outcome      text not null check (outcome in ('sending', 'done', 'skipped', 'failed', 'in_doubt')),
        reason       text,
        detail       text,
        at           timestamptz not null,
        primary key (workspace_id, run_id, action),
        foreign key (workspace_id, run_id) references automation_runs on delete cascade
      );
      create index automation_steps_by_time on automation_steps (workspace_id, kind, at);
      ${isolate('automation_steps')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
