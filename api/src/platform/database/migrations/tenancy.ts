/**
 * SQL pieces that every tenant table repeats. A tenant table is one whose rows carry a `workspace_id`;
 * `test/isolation` reads the catalog and fails when a table misses one of these.
 */

/** The workspace that the transaction runs for, or null: then no row is visible and none can be written. */
export const currentWorkspace = `nullif(current_setting('app.workspace_id', true), '')::uuid`;

/**
 * Puts a table under row-level security, for its owner as well, and lets the app role do what `grants` says.
 * The policy has a check: a row can be neither read nor written for another workspace.
 */
export function isolate(table: string, grants = 'select, insert, update, delete'): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy workspace_isolation on ${table} to coterie_app
      using (workspace_id = ${currentWorkspace})
      with check (workspace_id = ${currentWorkspace});
    grant ${grants} on ${table} to coterie_app;
  `;
}

/**
 * A table of the directory: who may sign in, and where. Only the system role reads and writes it, so that a query
 * which runs for a tenant cannot reach password hashes or sessions at all.
 */
export function directoryOnly(table: string, grants = 'select, insert, update, delete'): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy directory on ${table} to coterie_system using (true) with check (true);
    grant ${grants} on ${table} to coterie_system;
  `;
}
