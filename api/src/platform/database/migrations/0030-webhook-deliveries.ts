import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What is sent to webhooks, and what links that end mail are made with. */
export class WebhookDeliveries1700000000030 implements MigrationInterface {
  name = 'WebhookDeliveries1700000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook_deliveries (
        workspace_id    uuid not null,
        id              uuid not null,               -- also the webhook-id, each time that it is sent
        destination_id  uuid not null,
        key             text not null,               -- of who has something to tell: what has been told is not told again
        type            text not null,
        data            jsonb not null,
        contact_id      uuid,                        -- whom it is about: an erasure deletes it
        occurred_at     timestamptz not null,
        status          text not null check (status in ('pending', 'delivered', 'dead')),
        attempts        integer not null default 0,
        next_attempt_at timestamptz,                 -- of a pending one
        first_failed_at timestamptz,
        last_status     integer,                     -- HTTP's
        last_trouble    text,                        -- in words
        last_answer     text,                        -- a short piece of it, without what was told
        created_at      timestamptz not null,
        settled_at      timestamptz,                 -- since when it is delivered or dead
        primary key (workspace_id, id),
        unique (workspace_id, destination_id, key),
        foreign key (workspace_id, destination_id) references destinations on delete cascade
      );
      create index webhook_deliveries_due on webhook_deliveries (workspace_id, destination_id, next_attempt_at)
        where status = 'pending';
      create index webhook_deliveries_by_creation on webhook_deliveries (workspace_id, destination_id, created_at, id);
      create index webhook_deliveries_by_status
        on webhook_deliveries (workspace_id, destination_id, status, created_at, id);
      create index webhook_deliveries_settled on webhook_deliveries (workspace_id, destination_id, settled_at)
        where settled_at is not null;
      create index webhook_deliveries_of_contact on webhook_deliveries (workspace_id, contact_id)
        where contact_id is not null;
      ${isolate('webhook_deliveries')}

      -- Made with the first link; see automations/unsubscribe.
      create table unsubscribe_keys (
        workspace_id uuid primary key references workspaces,
        key          bytea not null
      );
      ${isolate('unsubscribe_keys', 'select, insert')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
