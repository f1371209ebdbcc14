import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Where audiences, mail and calls go. */
export class Destinations1700000000028 implements MigrationInterface {
  name = 'Destinations1700000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table destinations (
        workspace_id     uuid not null references workspaces,
        id               uuid not null,
        name             text not null,
        kind             text not null,              -- one of destination.ts
        settings         jsonb not null,             -- what is no secret, checked by the kind's own schema
        credentials      bytea not null,             -- sealed (platform/secret-box.ts): JSON of the kind's credentials
        created_by       text not null,              -- 'user:<id>' or 'key:<id>'
        created_at       timestamptz not null,
        updated_at       timestamptz not null,
        disabled_at      timestamptz,
        disabled_because text,                       -- in words
        tested_at        timestamptz,
        trouble          text,                       -- what the last test or use complained of, in words
        primary key (workspace_id, id)
      );
      create index destinations_by_creation on destinations (workspace_id, created_at, id);
      ${isolate('destinations')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
