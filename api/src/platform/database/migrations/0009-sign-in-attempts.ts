import type { MigrationInterface, QueryRunner } from 'typeorm';
import { directoryOnly } from './tenancy.js';

/** Counts wrong passwords for every address that is tried, so that a lock does not tell which of them has an account. */
export class SignInAttempts1700000000009 implements MigrationInterface {
  name = 'SignInAttempts1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sign_in_attempts (
        email_hash   bytea primary key,              -- SHA-256 of the folded address: it may be a typing error's
        failed       integer not null,
        locked_until timestamptz,
        last_at      timestamptz not null
      );
      ${directoryOnly('sign_in_attempts')}
      alter table users drop column failed_attempts, drop column locked_until;
      alter table sessions drop column last_seen_at;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
