import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/**
 * The ordinals that were taken and belong to nobody any more. Everybody else from 0 up to the next ordinal is there, so
 * "everybody" is known without reading a row for each contact.
 */
export class VacantOrdinals1700000000027 implements MigrationInterface {
  name = 'VacantOrdinals1700000000027';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table vacant_ordinals (
        workspace_id uuid not null references workspaces,
        ordinal      integer not null,
        primary key (workspace_id, ordinal)
      );

      -- An owner who is no superuser is bound by the policies as well.
      alter table contacts no force row level security;
      alter table contact_ordinals no force row level security;
      insert into vacant_ordinals (workspace_id, ordinal)
      select o.workspace_id, taken.ordinal
      from contact_ordinals o cross join lateral generate_series(0, o.next_ordinal - 1) as taken (ordinal)
      where not exists (
        select from contacts c where c.workspace_id = o.workspace_id and c.ordinal = taken.ordinal
      );
      alter table contacts force row level security;
      alter table contact_ordinals force row level security;

      ${isolate('vacant_ordinals', 'select, insert, delete')}

      -- By the database, as nobody who deletes a contact, or brings one back, may forget it.
      create function note_vacant_ordinals() returns trigger language plpgsql as $$
      begin
        insert into vacant_ordinals (workspace_id, ordinal) select workspace_id, ordinal from gone on conflict do nothing;
        return null;
      end $$;
      create trigger note_vacant_ordinals after delete on contacts
        referencing old table as gone for each statement execute function note_vacant_ordinals();

      create function forget_vacant_ordinals() returns trigger language plpgsql as $$
      begin
        delete from vacant_ordinals v using come c where v.workspace_id = c.workspace_id and v.ordinal = c.ordinal;
        return null;
      end $$;
      create trigger forget_vacant_ordinals after insert on contacts
        referencing new table as come for each statement execute function forget_vacant_ordinals();
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
