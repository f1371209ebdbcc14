import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Forms of websites, and what was sent by them and waits to be confirmed by mail. */
export class Forms1700000000012 implements MigrationInterface {
  name = 'Forms1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table forms (
        workspace_id    uuid not null references workspaces,
        id              uuid not null,
        name            text not null,
        fields          jsonb not null,              -- [{name, attribute, required}]
        consents        jsonb not null,              -- [{channel, text, field}]
        double_opt_in   jsonb,                       -- {subject, text, validHours}
        honeypot        text,
        minimum_seconds integer not null,
        redirect_url    text,
        secret          bytea not null,              -- signs the tokens and links of this form
        created_by      text not null,               -- 'user:<id>' or 'key:<id>'
        created_at      timestamptz not null,
        updated_at      timestamptz not null,
        archived_at     timestamptz,
        primary key (workspace_id, id)
      );
      create index forms_by_creation on forms (workspace_id, created_at, id);
      ${isolate('forms')}

      -- Personal data of somebody who has not confirmed yet: emptied when they have, deleted when the link expires.
      create table form_submissions (
        workspace_id uuid not null,
        id           uuid not null,
        form_id      uuid not null,
        email        text not null,
        contact      jsonb not null,
        consents     jsonb not null,                 -- as they were worded when it was sent
        page         text,
        submitted_at timestamptz not null,
        expires_at   timestamptz not null,
        confirmed_at timestamptz,
        primary key (workspace_id, id),
        foreign key (workspace_id, form_id) references forms on delete cascade
      );
      create index form_submissions_by_email on form_submissions (workspace_id, form_id, email, submitted_at);
      create index form_submissions_by_expiry on form_submissions (workspace_id, expires_at);
      ${isolate('form_submissions')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
