import type { MigrationInterface, QueryRunner } from 'typeorm';
import { directoryOnly, isolate } from './tenancy.js';

/** What an organization sets up the same way in many workspaces, and what became of it in each. */
export class Blueprints1700000000035 implements MigrationInterface {
  name = 'Blueprints1700000000035';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table blueprints (
        organization_id uuid not null references organizations,
        id              uuid not null,
        name            text not null,
        description     text not null,
        created_by      text not null,
        created_at      timestamptz not null,
        archived_at     timestamptz,
        primary key (organization_id, id)
      );
      ${directoryOnly('blueprints')}

      create table blueprint_versions (
        organization_id uuid not null,
        blueprint_id    uuid not null,
        version         integer not null,
        document        jsonb not null,              -- blueprints/document.ts
        note            text not null,
        created_by      text not null,
        created_at      timestamptz not null,
        primary key (organization_id, blueprint_id, version),
        foreign key (organization_id, blueprint_id) references blueprints
      );
      ${directoryOnly('blueprint_versions', 'select, insert')}

      -- The blueprint itself is the organization's: rows of a workspace hold its id alone.
      create table blueprint_applications (
        workspace_id uuid not null references workspaces,
        blueprint_id uuid not null,
        version      integer not null,
        parameters   jsonb not null,                 -- by key
        applied_by   text not null,
        applied_at   timestamptz not null,
        primary key (workspace_id, blueprint_id)
      );
      ${isolate('blueprint_applications')}

      create table blueprint_parts (
        workspace_id uuid not null,
        blueprint_id uuid not null,
        kind         text not null check (kind in ('segment', 'audience', 'automation')),
        key          text not null,                  -- in the document
        object_id    uuid not null,
        applied      jsonb not null,                 -- its definition as the blueprint left it: what drift is told by
        primary key (workspace_id, blueprint_id, kind, key),
        unique (workspace_id, kind, object_id),
        foreign key (workspace_id, blueprint_id) references blueprint_applications on delete cascade
      );
      ${isolate('blueprint_parts')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
