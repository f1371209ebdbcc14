import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Mappings of files that come again, and what it takes to undo an import. */
export class Imports1700000000010 implements MigrationInterface {
  name = 'Imports1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How the columns of files with the same header were mapped last.
      create table import_mappings (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        signature    text not null,                  -- SHA-256 of the header's names, whatever their order
        headers      text[] not null,
        mapping      jsonb not null,                 -- header → {target, dateFormat}
        saved_by     text not null,
        saved_at     timestamptz not null,
        primary key (workspace_id, id),
        unique (workspace_id, signature)
      );
      create index import_mappings_by_time on import_mappings (workspace_id, saved_at, id);
      ${isolate('import_mappings')}

      -- What an import did to each contact, as long as it can be undone. Goes with the contact: nothing of somebody who
      -- was erased stays here.
      create table import_effects (
        workspace_id uuid not null,
        job_id       uuid not null,
        ordinal      integer not null,
        kind         text not null check (kind in ('created', 'attribute', 'identity', 'company', 'consent')),
        key          text not null,                  -- of the attribute, kind and value of the identity, channel
        before       jsonb,                          -- null where there was nothing
        written      jsonb not null,
        kept         text,                           -- why it was not undone
        primary key (workspace_id, job_id, ordinal, kind, key),
        foreign key (workspace_id, job_id) references jobs on delete cascade,
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index import_effects_of_contact on import_effects (workspace_id, ordinal);
      ${isolate('import_effects')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
