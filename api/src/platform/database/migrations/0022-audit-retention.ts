import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The policy that lets nobody whom the application connects as delete what is younger than 90 days. */
function lasting(table: string, role: string): string {
  return `
      grant delete on ${table} to ${role};
      create policy lasting on ${table} as restrictive for delete to ${role} using (at < now() - interval '90 days');`;
}

/** How long the audit log of an organization is kept. */
export class AuditRetention1700000000022 implements MigrationInterface {
  name = 'AuditRetention1700000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table organizations add column audit_days integer not null default 730 check (audit_days >= 90);
      ${lasting('audit_entries', 'coterie_app')}
      ${lasting('organization_audit_entries', 'coterie_system')}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Coterie migrates forward only: restore a backup to go back.');
  }
}
