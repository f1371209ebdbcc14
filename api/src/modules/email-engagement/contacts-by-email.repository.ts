import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** The ordinals of the contacts that have these addresses, by address. @param values as identities are stored. */
export async function contactsByEmail(
  tx: WorkspaceTransaction,
  values: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ value: string; ordinal: number }>(
    `select value, ordinal from contact_identities where kind = 'email' and value = any($1::text[])`,
    [values],
  );
  return new Map(rows.map(({ value, ordinal }) => [value, ordinal]));
}
