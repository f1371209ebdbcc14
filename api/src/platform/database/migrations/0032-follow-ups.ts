import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What the sales team has to do about contacts. */
export class FollowUps1700000000032 implements MigrationInterface {
  name = 'FollowUps1700000000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table follow_ups (
        workspace_id  uuid not null references workspaces,
        id            uuid not null,
        contact_id    uuid not null,                 -- a merge leads on from it
        run_id        uuid,                          -- of the automation that asked for it
        automation_id uuid,
        assignee_id   uuid,                          -- a member; null: whoever takes it
        due_at        timestamptz not null,
        priority      text not null check (priority in ('low', 'normal', 'high')),
        note          text not null,
        status        text not null check (status in ('open', 'done', 'cancelled')),
        created_by    text not null,
        created_at    timestamptz not null,
        closed_by     text,
        closed_at     timestamptz,
        primary key (workspace_id, id),
        check ((closed_at is null) = (status = 'open'))
      );
      create index follow_ups_by_due on follow_ups (workspace_id, status, due_at, id);
      create index follow_ups_of_contact on follow_ups (workspace_id, contact_id, due_at, id);
      create index follow_ups_of_assignee on follow_ups (workspace_id, assignee_id, status, due_at, id);
      ${isolate('follow_ups')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
