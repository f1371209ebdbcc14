import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Keys that attributes had before they were renamed or became part of others. */
export class AttributeAliases1700000000018 implements MigrationInterface {
  name = 'AttributeAliases1700000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table attribute_aliases (
        workspace_id uuid not null references workspaces,
        subject      text not null check (subject in ('contact', 'company')),
        alias        text not null,                  -- what comes in under it …
        key          text not null,                  -- … is meant for this one; of the standard set, too
        created_at   timestamptz not null,
        primary key (workspace_id, subject, alias)
      );
      ${isolate('attribute_aliases')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
