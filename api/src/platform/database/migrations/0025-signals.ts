import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolate } from './tenancy.js';

/**
 * What one of them says: a text, a number or nothing more. Typed columns, as with attributes: operators on jsonb are not
 * leak-proof.
 */
const said = `
        name          text not null,
        folded_name   text not null,
        source        text not null,                 -- whoever says it, such as bombora
        folded_source text not null,
        text          text,
        folded        text,                          -- text as rules compare it; see fold() in packages/rules
        number        float8,
        observed_at   timestamptz not null,          -- when it was so, by the source
        received_at   timestamptz not null,
        check (num_nonnulls(text, number) <= 1 and (text is null) = (folded is null))`;

/** What third parties say of contacts and of companies: intent and firmographic facts. */
export class Signals1700000000025 implements MigrationInterface {
  name = 'Signals1700000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table contact_signals (
        workspace_id  uuid not null,
        id            uuid not null,
        ordinal       integer not null,
        merged_from   integer,                       -- the ordinal that it was first of, if it came with a merge
        ${said},
        primary key (workspace_id, id),
        foreign key (workspace_id, ordinal) references contacts (workspace_id, ordinal) on delete cascade
      );
      create index contact_signals_of_contact on contact_signals (workspace_id, ordinal);
      create index contact_signals_by_name on contact_signals (workspace_id, folded_name, folded_source, observed_at)
        include (ordinal);
      ${isolate('contact_signals')}

      create table company_signals (
        workspace_id  uuid not null,
        id            uuid not null,
        company_id    uuid not null,
        ${said},
        primary key (workspace_id, id),
        foreign key (workspace_id, company_id) references companies on delete cascade
      );
      create index company_signals_of_company on company_signals (workspace_id, company_id);
      create index company_signals_by_name on company_signals (workspace_id, folded_name, folded_source, observed_at)
        include (company_id);
      ${isolate('company_signals')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
