import type { MigrationInterface, QueryRunner } from 'typeorm';
import { directoryOnly, isolate } from './tenancy.js';

/** What an entry says, of a workspace or of an organization. */
const entry = `
        id           uuid not null,                  -- version 7: in the order of time
        at           timestamptz not null default now(),
        actor        text not null,                  -- 'user:<id>', 'key:<id>' or 'system'
        operation    text not null,                  -- 'createSegment', 'POST /v1/imports', or the name of a job
        kind         text,                           -- of what it is about: 'segment'
        subject_id   text,
        fields       text[] not null,                -- what was given or changed, by name: no values
        request_id   text not null`;

/** Who changed what, and when. Entries can be added, and neither changed nor deleted. */
export class Audit1700000000007 implements MigrationInterface {
  name = 'Audit1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_entries (
        workspace_id uuid not null references workspaces,
        ${entry},
        contacts     integer not null,               -- how many contacts changed
        primary key (workspace_id, id)
      );
      create index audit_entries_by_time on audit_entries (workspace_id, at, id);
      ${isolate('audit_entries', 'select, insert')}

      create table organization_audit_entries (
        organization_id uuid not null references organizations,
        ${entry},
        primary key (organization_id, id)
      );
      create index organization_audit_entries_by_time on organization_audit_entries (organization_id, at, id);
      ${directoryOnly('organization_audit_entries', 'select, insert')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
