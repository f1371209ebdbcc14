import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a workspace wants of e-mail addresses. */
export class Attributes1700000000014 implements MigrationInterface {
  name = 'Attributes1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table workspaces add column companies_from_email boolean not null default true;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
