import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { readCursor, type PageArgs } from '../../platform/graphql/pagination.js';
import { attributeCatalog } from './attribute-catalog.js';
import type { AttributeKey } from './define-attributes.js';
import { hasKnownValues, listKnownValues, type KnownValueRow } from './known-values.repository.js';

/**
 * A page of the values that are held for an attribute, one more than asked for where there are more.
 * Throws NOT_FOUND for an unknown attribute, INVALID_INPUT for one whose values are not listed, INVALID_CURSOR.
 */
export async function knownValues(
  tx: WorkspaceTransaction,
  { subject, key, search, first, after }: AttributeKey & PageArgs & { search?: string | null },
): Promise<KnownValueRow[]> {
  const definition = (await attributeCatalog(tx))[subject].get(key);
  if (!definition) throw notFound('attribute', 'key');
  const { type } = definition;
  if (!hasKnownValues(type)) {
    throw new Failure('INVALID_INPUT', 'Dates are hardly ever the same: their values are not listed.', {
      path: 'key',
    });
  }
  const [count, sort] = readCursor(after, 'count', 'text') ?? [];
  const from = count !== undefined && sort !== undefined ? { count, sort } : undefined;
  return listKnownValues(tx, {
    subject,
    key,
    type,
    search: search ?? '',
    after: from,
    limit: first + 1,
  });
}
