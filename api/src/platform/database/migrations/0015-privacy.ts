import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What people ask of their own data, and who was erased and is not to come back. */
export class Privacy1700000000015 implements MigrationInterface {
  name = 'Privacy1700000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table privacy_requests (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        kind         text not null check (kind in ('access', 'erasure')),
        state        text not null check (state in ('pending', 'running', 'done', 'failed')),
        subject      jsonb,                          -- whom it is about; null once that is forgotten
        requested_by text not null,                  -- 'user:<id>' or 'key:<id>'
        requested_at timestamptz not null,
        due_at       timestamptz not null,
        completed_at timestamptz,
        receipt      jsonb not null default '{}',    -- how many there were, by kind: no personal data
        error        jsonb,                          -- {code, message, path}
        lifted_by    text,                           -- an erasure does not keep the person away any more
        lifted_at    timestamptz,
        primary key (workspace_id, id),
        check ((lifted_by is null) = (lifted_at is null))
      );
      create index privacy_requests_by_time on privacy_requests (workspace_id, requested_at, id);
      ${isolate('privacy_requests')}

      -- Made with the first erasure of a workspace; see erased-identity.repository.ts.
      create table erasure_keys (
        workspace_id uuid primary key references workspaces,
        key          bytea not null
      );
      ${isolate('erasure_keys', 'select, insert')}

      create table erased_identities (
        workspace_id uuid not null,
        hash         bytea not null,                 -- HMAC-SHA-256 of kind and value under the workspace's key
        request_id   uuid not null,
        primary key (workspace_id, hash),
        foreign key (workspace_id, request_id) references privacy_requests on delete cascade
      );
      create index erased_identities_of_request on erased_identities (workspace_id, request_id);
      ${isolate('erased_identities')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
