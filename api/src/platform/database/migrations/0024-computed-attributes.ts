import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/** Attributes of contacts that are computed from their events, and how far that has come. */
export class ComputedAttributes1700000000024 implements MigrationInterface {
  name = 'ComputedAttributes1700000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table computed_attributes (
        workspace_id  uuid not null,
        subject       text not null default 'contact' check (subject = 'contact'),
        key           text not null,
        computation   jsonb not null,                -- see modules/attributes/computation.ts
        as_of         timestamptz not null,          -- the minute that all values are of, but for what is under way:
        sweep_ordinal integer,                       -- the first time, contacts beyond this one; null when all are done
        slide_to      timestamptz,                   -- on the way to this minute, those beyond slide_ordinal; else null
        slide_ordinal integer not null default -1,
        feed_version  bigint not null,               -- changes beyond this place of the feed
        feed_ordinal  integer not null,
        computed_at   timestamptz,                   -- when nothing was under way last
        primary key (workspace_id, subject, key),
        foreign key (workspace_id, subject, key) references attribute_definitions on update cascade on delete cascade
      );
      ${isolate('computed_attributes')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
