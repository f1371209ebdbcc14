import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { attributeCatalog, loadValues, toJson } from '../../attributes/index.js';

/** The values of a contact by key, as JSON; all of them unless keys are given. */
export async function contactValues(
  tx: WorkspaceTransaction,
  ordinal: number,
  keys: readonly string[] | null,
): Promise<Record<string, unknown>> {
  const held = (await loadValues(tx, 'contact', [ordinal], keys)).get(ordinal) ?? new Map();
  const { contact } = await attributeCatalog(tx);
  return Object.fromEntries(
    [...held].map(([key, { value }]) => [key, toJson(value, contact.get(key)?.type === 'text_list')]),
  );
}
