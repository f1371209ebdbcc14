import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** How long events are kept, and what it takes to know how old the change feed is. */
export class Retention1700000000021 implements MigrationInterface {
  name = 'Retention1700000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table event_retention (
        workspace_id uuid not null references workspaces,
        folded_name  text not null,                  -- of the events; empty for all that have no row of their own
        name         text not null,
        days         integer check (days > 0),       -- null: for ever
        set_by       text not null,                  -- 'user:<id>' or 'key:<id>'
        set_at       timestamptz not null,
        primary key (workspace_id, folded_name)
      );
      ${isolate('event_retention')}

      -- Which version a workspace had when: the feed itself has no time, so that writing it costs no more.
      create table feed_marks (
        workspace_id uuid not null references workspaces,
        at           timestamptz not null,
        version      bigint not null,
        primary key (workspace_id, at)
      );
      ${isolate('feed_marks', 'select, insert, delete')}

      -- Messages are stored in the order in which they come, so a summary of each block is enough, and nearly free.
      create index event_messages_by_receipt on event_messages using brin (received_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
