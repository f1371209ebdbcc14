import type { MigrationInterface, QueryRunner } from 'typeorm';
import { directoryOnly, isolate } from './tenancy.js';

/** What is known of a request under an idempotency key. */
const request = `
        caller       text not null,                  -- 'user:<id>' or 'key:<id>'
        key_hash     bytea not null,                 -- SHA-256 of the key: the answer is encrypted under the key itself
        request_hash bytea,                          -- null until the whole body has been read
        started_at   timestamptz not null default now(),
        lease_until  timestamptz not null,           -- it is under way until then, and the lease is renewed
        changed      boolean not null default false, -- a transaction of it was committed
        status       smallint,                       -- of the answer, once there is one
        content_type text,
        answer       bytea,
        check ((status is null) = (answer is null))`;

/** Requests that may be sent again without being carried out again. */
export class Idempotency1700000000008 implements MigrationInterface {
  name = 'Idempotency1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotent_requests (
        workspace_id uuid not null references workspaces,
        ${request},
        primary key (workspace_id, caller, key_hash)
      );
      create index idempotent_requests_by_start on idempotent_requests (workspace_id, started_at);
      ${isolate('idempotent_requests')}

      create table organization_idempotent_requests (
        organization_id uuid not null references organizations,
        ${request},
        primary key (organization_id, caller, key_hash)
      );
      ${directoryOnly('organization_idempotent_requests')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
