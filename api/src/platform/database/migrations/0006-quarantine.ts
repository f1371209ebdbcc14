import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What it takes to read a quarantined event again. */
export class Quarantine1700000000006 implements MigrationInterface {
  name = 'Quarantine1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table quarantined_events
        add column kind   text not null default 'message' check (kind in ('message', 'event')),
        add column source text not null default 'http';
      -- How the body is to be read, and what sent it: said by whoever writes from now on.
      alter table quarantined_events alter column kind drop default, alter column source drop default;
      create index quarantined_events_by_code on quarantined_events (workspace_id, code, id);
      create index quarantined_events_by_receipt on quarantined_events (workspace_id, received_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
