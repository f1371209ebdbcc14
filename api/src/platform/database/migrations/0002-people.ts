import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** A typed value: exactly one of the four columns is set. A text list is one row an item, told apart by `position`. */
const typedValue = `
        position smallint not null default 0,
        text     text,
        folded   text,                               -- text as rules compare it; see fold() in packages/rules
        number   float8,
        flag     boolean,
        instant  timestamptz,
        since    timestamptz not null,               -- when the value came to be what it is
        check (num_nonnulls(text, number, flag, instant) = 1 and (text is null) = (folded is null))`;

/** Values are indexed in typed columns: operators on text, numbers and instants are leak-proof, those on jsonb are not. */
function valueIndexes(table: string, holder: string): string {
  return ['folded', 'number', 'flag', 'instant']
    .map(
      (column) => `
      create index ${table}_${column} on ${table} (workspace_id, key, ${column}) include (${holder})
        where ${column} is not null;`,
    )
    .join('');
}

/** Contacts, companies, their attributes and identities, consent, and the data clock. */
export class People1700000000002 implements MigrationInterface {
  name = 'People1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The data clock: every committed write raises it. Taken last in a transaction and locked until commit.
      create table workspace_versions (
        workspace_id uuid primary key references workspaces,
        version      bigint not null
      );
      ${isolate('workspace_versions', 'select, insert, update')}

      -- Apart from the clock, so that a writer that makes no contact never waits for one that does.
      create table contact_ordinals (
        workspace_id uuid primary key references workspaces,
        next_ordinal integer not null
      );
      ${isolate('contact_ordinals', 'select, insert, update')}

      -- What each version touched. Facets: '*' (a contact came or went), 'attribute:<key>', 'company.<key>',
      -- 'event:<folded name>', 'consent:<channel>', 'identity:<kind>', 'list:<id>'; ordinal -1: 'segment:<id>' and the like.
      create table changes (
        workspace_id uuid not null references workspaces,
        version      bigint not null,
        ordinal      integer not null,
        facet        text not null,
        primary key (workspace_id, version, ordinal, facet)
      );
      ${isolate('changes', 'select, insert, delete')}

      -- Defined by the workspace; the standard set is in the code (modules/attributes).
      create table attribute_definitions (
        workspace_id uuid not null references workspaces,
        subject      text not null check (subject in ('contact', 'company')),
        key          text not null,
        label        text not null,
        description  text not null default '',
        type         text not null check (type in ('text', 'number', 'boolean', 'date', 'text_list')),
        created_at   timestamptz not null default now(),
        archived_at  timestamptz,
        primary key (workspace_id, subject, key)
      );
      ${isolate('attribute_definitions')}

      create table companies (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        external_id  text,
        domain       text,                           -- folded, without www.
        name         text not null,
        created_at   timestamptz not null default now(),
        updated_at   timestamptz not null default now(),
        primary key (workspace_id, id),
        unique (workspace_id, external_id),
        unique (workspace_id, domain)
      );
      create index companies_by_name on companies (workspace_id, name, id);
      ${isolate('companies')}

      create table company_attributes (
        workspace_id uuid not null,
        company_id   uuid not null,
        key          text not null,
        ${typedValue},
        primary key (workspace_id, company_id, key, position),
        foreign key (workspace_id, company_id) references companies on delete cascade
      );
      ${valueIndexes('company_attributes', 'company_id')}
      ${isolate('company_attributes')}

      create table contacts (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        ordinal      integer not null,
        company_id   uuid,
        created_at   timestamptz not null default now(),
        updated_at   timestamptz not null default now(),
        primary key (workspace_id, id),
        unique (workspace_id, ordinal),
        foreign key (workspace_id, company_id) references companies on delete set null (company_id)
      );
      create index contacts_by_company on contacts (workspace_id, company_id) include (ordinal) where company_id is not null;
      create index contacts_by_creation on contacts (workspace_id, created_at, id);
      ${isolate('contacts')}

      create table contact_identities (
        workspace_id uuid not null,
        kind         text not null check (kind in ('external_id', 'email', 'phone', 'anonymous_id')),
        value        text not null,                  -- normalised: e-mail folded, phone in E.164
        raw          text not null,                  -- as it came
        ordinal      integer not null,
        created_at   timestamptz not null default now(),
        primary key (workspace_id, kind, value),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index contact_identities_of_contact on contact_identities (workspace_id, ordinal, kind);
      ${isolate('contact_identities')}

      create table contact_attributes (
        workspace_id uuid not null,
        ordinal      integer not null,
        key          text not null,
        ${typedValue},
        primary key (workspace_id, ordinal, key, position),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      ${valueIndexes('contact_attributes', 'ordinal')}
      ${isolate('contact_attributes')}

      create table consents (
        workspace_id uuid not null,
        ordinal      integer not null,
        channel      text not null check (channel in ('email', 'ads', 'phone', 'profiling')),
        state        text not null check (state in ('granted', 'withdrawn')),
        source       text not null,
        proof        text,
        recorded_at  timestamptz not null,
        primary key (workspace_id, ordinal, channel),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index consents_by_state on consents (workspace_id, channel, state) include (ordinal);
      ${isolate('consents')}

      create table consent_history (
        workspace_id uuid not null,
        id           uuid not null,
        ordinal      integer not null,
        channel      text not null,
        state        text not null,
        source       text not null,
        proof        text,
        recorded_at  timestamptz not null,
        primary key (workspace_id, id),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index consent_history_of_contact on consent_history (workspace_id, ordinal, recorded_at);
      ${isolate('consent_history', 'select, insert')}

      -- Identifiers that must not be contacted, whoever they belong to; they outlive the contact.
      create table suppressions (
        workspace_id uuid not null references workspaces,
        channel      text not null check (channel in ('email', 'ads', 'phone', 'profiling')),
        kind         text not null check (kind in ('external_id', 'email', 'phone')),
        value        text not null,                  -- normalised as in contact_identities
        reason       text not null,
        created_at   timestamptz not null default now(),
        primary key (workspace_id, channel, kind, value)
      );
      create index suppressions_of_identity on suppressions (workspace_id, kind, value);
      ${isolate('suppressions')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
