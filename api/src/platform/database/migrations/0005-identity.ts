import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Tables whose rows move when their contact becomes part of another. */
const moving = [
  'contact_identities',
  'contact_attributes',
  'events',
  'consents',
  'consent_history',
  'list_members',
  'seed_list_members',
  'lookalike_ranks',
];

const kinds = `('external_id', 'email', 'phone', 'anonymous_id')`;

/** Merges that can be undone, identities that two contacts claim, and identities that say nothing about who is meant. */
export class Identity1700000000005 implements MigrationInterface {
  name = 'Identity1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- merged_from is the ordinal of the contact that a row was first of, if it came with a merge; null for a contact's
      -- own. It is what an undo goes by. Null takes no room, so writing events costs what it cost before.
      ${moving.map((table) => `alter table ${table} add column merged_from integer;`).join('\n      ')}
      alter table contacts add column company_merged_from integer;
      -- A withdrawal that came with a merge holds against a grant that the other contact gave later: up to this instant.
      alter table consents add column outweighs timestamptz;
      -- What somebody said is never rewritten, but whose words they are can turn out otherwise.
      grant update (ordinal, merged_from) on consent_history to coterie_app;

      -- The row of the loser is gone from contacts; its id leads to the holder, and its ordinal is nobody else's.
      create table contact_merges (
        workspace_id   uuid not null,
        id             uuid not null,                -- version 7: in the order in which they were made
        holder         integer not null,             -- the contact that the winner is or has become part of
        winner_id      uuid not null,
        winner_ordinal integer not null,
        loser_id       uuid not null,
        loser_ordinal  integer not null,
        reason         text not null check (reason in ('by_hand', 'anonymous', 'shared_identity', 'alias')),
        merged_by      text not null,                -- 'user:<id>', 'key:<id>' or 'system'
        merged_at      timestamptz not null,
        undone_by      text,
        undone_at      timestamptz,
        undo           jsonb,                        -- what the loser held; null when it cannot be undone any more
        primary key (workspace_id, id),
        foreign key (workspace_id, holder) references contacts (workspace_id, ordinal) on delete cascade,
        check ((undone_by is null) = (undone_at is null))
      );
      create unique index contact_merges_by_loser_id on contact_merges (workspace_id, loser_id) where undone_at is null;
      create index contact_merges_by_loser on contact_merges (workspace_id, loser_ordinal) where undone_at is not null;
      create index contact_merges_by_winner on contact_merges (workspace_id, winner_ordinal);
      create index contact_merges_by_holder on contact_merges (workspace_id, holder, merged_at, id);
      create index contact_merges_by_time on contact_merges (workspace_id, merged_at, id);
      create index contact_merges_to_purge on contact_merges (workspace_id, merged_at) where undo is not null;
      ${isolate('contact_merges')}

      -- Somebody was given an identity that stays with another. Who has it is what contact_identities says.
      create table identity_conflicts (
        workspace_id  uuid not null,
        id            uuid not null,
        kind          text not null,
        value         text not null,
        claimant      integer not null,
        source        text not null,                 -- where it came from when it was seen last
        count         integer not null,
        first_seen_at timestamptz not null,
        last_seen_at  timestamptz not null,
        dismissed_by  text,
        dismissed_at  timestamptz,
        primary key (workspace_id, id),
        unique (workspace_id, kind, value, claimant),
        foreign key (workspace_id, kind, value) references contact_identities on delete cascade,
        foreign key (workspace_id, claimant) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index identity_conflicts_open on identity_conflicts (workspace_id, first_seen_at, id) where dismissed_at is null;
      create index identity_conflicts_of_claimant on identity_conflicts (workspace_id, claimant);
      ${isolate('identity_conflicts')}

      -- Identities that do not say who is meant. They outlive the contact, as suppressions do.
      create table blocked_identities (
        workspace_id uuid not null references workspaces,
        kind         text not null check (kind in ${kinds}),
        value        text not null,                  -- normalised as in contact_identities
        blocked      boolean not null,               -- false: somebody said that it is fine; never blocked by itself again
        reason       text not null check (reason in ('placeholder', 'shared', 'by_hand')),
        note         text,
        decided_by   text not null,
        decided_at   timestamptz not null,
        primary key (workspace_id, kind, value)
      );
      ${isolate('blocked_identities')}

      -- A workspace without a row has the defaults; see modules/contacts/identities/identity-settings.ts.
      create table identity_settings (
        workspace_id  uuid primary key references workspaces,
        merge_on      text[] not null,
        contact_limit integer not null,
        device_limit  integer not null
      );
      ${isolate('identity_settings', 'select, insert, update')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
