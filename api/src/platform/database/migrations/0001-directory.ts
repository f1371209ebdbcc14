import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentWorkspace, directoryOnly, isolate } from './tenancy.js';

/** Organizations, the people who sign in, their workspaces, and the keys of integrators. */
export class Directory1700000000001 implements MigrationInterface {
  name = 'Directory1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      revoke create on schema public from public;
      grant usage on schema public to coterie_app, coterie_system;

      create table organizations (
        id         uuid primary key,
        name       text not null,
        created_at timestamptz not null default now()
      );
      ${directoryOnly('organizations')}

      create table users (
        id              uuid primary key,
        email           text not null unique,        -- folded
        name            text not null,
        password_hash   text not null,               -- argon2id, encoded
        failed_attempts integer not null default 0,
        locked_until    timestamptz,
        created_at      timestamptz not null default now()
      );
      ${directoryOnly('users')}

      create table sessions (
        id           uuid primary key,
        token_hash   bytea not null unique,          -- SHA-256 of the opaque token
        user_id      uuid not null references users on delete cascade,
        created_at   timestamptz not null default now(),
        last_seen_at timestamptz not null default now(),
        expires_at   timestamptz not null
      );
      create index sessions_of_user on sessions (user_id);
      ${directoryOnly('sessions')}

      create table workspaces (
        id              uuid primary key,
        organization_id uuid not null references organizations,
        name            text not null,
        time_zone       text not null default 'UTC',
        default_country text,                        -- ISO 3166-1 alpha-2: for phone numbers without a country code
        created_at      timestamptz not null default now(),
        archived_at     timestamptz,
        unique (organization_id, id)
      );
      ${directoryOnly('workspaces')}
      create policy own_workspace on workspaces for select to coterie_app using (id = ${currentWorkspace});
      grant select on workspaces to coterie_app;

      -- A role here counts for every workspace of the organization; without one, member_workspaces names them.
      create table members (
        organization_id uuid not null references organizations on delete cascade,
        user_id         uuid not null references users on delete cascade,
        role            text check (role in ('owner', 'admin', 'editor', 'viewer')),
        created_at      timestamptz not null default now(),
        primary key (organization_id, user_id)
      );
      create index members_of_user on members (user_id);
      ${directoryOnly('members')}

      create table member_workspaces (
        workspace_id    uuid not null,
        organization_id uuid not null,
        user_id         uuid not null,
        role            text not null check (role in ('admin', 'editor', 'viewer')),
        primary key (workspace_id, user_id),
        foreign key (organization_id, user_id) references members on delete cascade,
        foreign key (organization_id, workspace_id) references workspaces (organization_id, id) on delete cascade
      );
      create index member_workspaces_of_member on member_workspaces (organization_id, user_id);
      ${directoryOnly('member_workspaces')}

      create table invitations (
        organization_id uuid not null references organizations on delete cascade,
        id              uuid not null,
        email           text not null,               -- folded
        role            text check (role in ('owner', 'admin', 'editor', 'viewer')),
        workspace_roles jsonb not null default '[]', -- [{workspaceId, role}] where role is null
        token_hash      bytea not null unique,
        invited_by      uuid references users on delete set null,
        created_at      timestamptz not null default now(),
        expires_at      timestamptz not null,
        accepted_at     timestamptz,
        primary key (organization_id, id)
      );
      ${directoryOnly('invitations')}

      create table api_keys (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        name         text not null,
        prefix       text not null,                  -- what a presented key is found by
        secret_hash  bytea not null,                 -- SHA-256 of the whole key: it has 190 random bits, no salt needed
        scopes       text[] not null,
        created_by   text not null,                  -- 'user:<id>'
        created_at   timestamptz not null default now(),
        expires_at   timestamptz,
        revoked_at   timestamptz,
        last_used_at timestamptz,
        primary key (workspace_id, id),
        unique (workspace_id, prefix)
      );
      create index api_keys_by_prefix on api_keys (prefix);
      ${isolate('api_keys')}
      -- A key is presented before its workspace is known: the system role may look it up, and nothing more.
      create policy key_lookup on api_keys for select to coterie_system using (true);
      grant select on api_keys to coterie_system;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
