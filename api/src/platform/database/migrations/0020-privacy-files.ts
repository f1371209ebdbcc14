import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Copies of everything that is held about a person, for a time. */
export class PrivacyFiles1700000000020 implements MigrationInterface {
  name = 'PrivacyFiles1700000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table privacy_requests add column file_expires_at timestamptz;  -- null when there is no file

      create table privacy_files (
        workspace_id uuid not null,
        request_id   uuid not null,
        sequence     integer not null,
        bytes        bytea not null,
        primary key (workspace_id, request_id, sequence),
        foreign key (workspace_id, request_id) references privacy_requests on delete cascade
      );
      ${isolate('privacy_files')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
