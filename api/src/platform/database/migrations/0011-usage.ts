import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What is used, by day and API key, and how much of it a month may have. */
export class Usage1700000000011 implements MigrationInterface {
  name = 'Usage1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table usage_counts (
        workspace_id uuid not null references workspaces,
        day          date not null,                  -- in UTC
        metric       text not null,
        key_id       uuid not null,                  -- of an API key; all zeros for people and jobs
        amount       bigint not null check (amount > 0),
        primary key (workspace_id, day, metric, key_id)
      );
      ${isolate('usage_counts', 'select, insert, update')}

      create table usage_quotas (
        workspace_id uuid not null references workspaces,
        metric       text not null,
        monthly      bigint not null check (monthly >= 0),
        primary key (workspace_id, metric)
      );
      ${isolate('usage_quotas')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
