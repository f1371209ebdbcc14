import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What is sent to webhooks, and what links that end mail are made with. */
export class WebhookDeliveries1700000000030 implements MigrationInterface {
  name = 'WebhookDeliveries1700000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
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
