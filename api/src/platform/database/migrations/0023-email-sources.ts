import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Senders of mail that report what became of it. */
export class EmailSources1700000000023 implements MigrationInterface {
  name = 'EmailSources1700000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table email_sources (
        workspace_id     uuid not null references workspaces,
        id               uuid not null,
        name             text not null,
        provider         text not null,              -- sendgrid, mailgun, postmark or ses
        secret           bytea,                      -- sealed (platform/secret-box.ts): what verifies a call
        topic_arn        text,                       -- of ses: the only topic whose messages are taken
        created_by       text not null,              -- 'user:<id>' or 'key:<id>'
        created_at       timestamptz not null,
        updated_at       timestamptz not null,
        last_received_at timestamptz,
        last_refused_at  timestamptz,
        last_refusal     text,                       -- why, for people
        primary key (workspace_id, id)
      );
      create index email_sources_by_creation on email_sources (workspace_id, created_at, id);
      ${isolate('email_sources')}

      -- Tokens of Mailgun that a call has come with: its signature is of the token, not of what the call says.
      create table email_call_tokens (
        workspace_id uuid not null,
        source_id    uuid not null,
        token_hash   bytea not null,
        body_hash    bytea not null,
        received_at  timestamptz not null,
        primary key (workspace_id, source_id, token_hash),
        foreign key (workspace_id, source_id) references email_sources on delete cascade
      );
      create index email_call_tokens_by_age on email_call_tokens (workspace_id, received_at);
      ${isolate('email_call_tokens')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
