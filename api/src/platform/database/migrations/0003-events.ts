import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** What contacts did, partitioned by month, and the messages seen before. */
export class Events1700000000003 implements MigrationInterface {
  name = 'Events1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table events (
        workspace_id  uuid not null,
        occurred_at   timestamptz not null,
        id            uuid not null,
        ordinal       integer not null,
        name          text not null,
        folded_name   text not null,
        target        text,
        folded_target text,
        properties    jsonb not null default '{}',
        source        text not null,
        message_id    text not null,
        received_at   timestamptz not null,
        primary key (workspace_id, occurred_at, id),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      ) partition by range (occurred_at);
      create index events_by_name on events (workspace_id, folded_name, folded_target, occurred_at) include (ordinal);
      create index events_of_contact on events (workspace_id, ordinal, occurred_at);
      ${isolate('events')}

      -- A message is stored once. Kept apart from events: a key across partitions would have to hold occurred_at,
      -- which clock-skew correction changes when a client sends the message again.
      create table event_messages (
        workspace_id uuid not null references workspaces,
        message_key  uuid not null,                  -- first 128 bits of SHA-256(messageId)
        received_at  timestamptz not null,
        primary key (workspace_id, message_key)
      );
      ${isolate('event_messages')}

      -- Events that could not be taken, with the reason, so that nothing sent is lost.
      create table quarantined_events (
        workspace_id uuid not null references workspaces,
        id           uuid not null,
        code         text not null,
        path         text not null,
        message      text not null,
        body         text not null,                  -- JSON as received; text, because jsonb refuses NUL
        received_at  timestamptz not null,
        primary key (workspace_id, id)
      );
      ${isolate('quarantined_events')}

      /* The app role owns nothing, so it asks for a month's partition here. Built beside and then attached: creating it
         in place would stop every writer of events. Nobody is granted the partition itself: only the parent's policies lead in. */
      create function ensure_event_partition(instant timestamptz) returns void
        language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
      declare
        first_day date := date_trunc('month', instant);
        next_day  date := first_day + interval '1 month';
        partition text := 'events_' || to_char(first_day, 'YYYY_MM');
      begin
        if first_day < date '2000-01-01' or first_day > now() + interval '13 months' then
          raise exception 'no partition for %', instant using errcode = '22008';
        end if;
        if to_regclass('public.' || partition) is not null then
          return;
        end if;
        perform pg_advisory_xact_lock(hashtext('ensure_event_partition'));
        if to_regclass('public.' || partition) is not null then
          return;
        end if;
        execute format('create table public.%I (like public.events including defaults including constraints)', partition);
        execute format('alter table public.%I enable row level security', partition);
        execute format('alter table public.%I force row level security', partition);
        execute format('alter table public.events attach partition public.%I for values from (%L) to (%L)',
                       partition, first_day::timestamptz, next_day::timestamptz);
      end $$;
      revoke all on function ensure_event_partition(timestamptz) from public;
      grant execute on function ensure_event_partition(timestamptz) to coterie_app, coterie_system;

      select ensure_event_partition(now() + month * interval '1 month') from generate_series(-12, 3) as month;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
