import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { attributeCatalog, type KeyChange } from '../attributes/index.js';

/**
 * Has seed lists take their values from the attribute under its new key, and lookalikes leave it out under that. Throws IN_USE, naming the lists, when it holds
 * no numbers any more.
 */
export async function followKeysInSeedLists(
  tx: WorkspaceTransaction,
  { subject, from, to }: KeyChange,
): Promise<void> {
  const prefix = subject === 'company' ? 'company.' : '';
  await tx.query(
    `update lookalikes set left_out = array_replace(left_out, $1, $2) where $1 = any(left_out)`,
    [prefix + from, prefix + to],
  );
  if (subject !== 'contact') return;
  const lists = await tx.query<{ name: string }>(
    `with renamed as (update seed_lists set value_attribute = $2 where value_attribute = $1 returning name, archived_at)
     select name from renamed where archived_at is null order by name`,
    [from, to],
  );
  if (lists.length === 0 || (await attributeCatalog(tx)).contact.get(to)?.type === 'number') return;
  const names = lists.map(({ name }) => `"${name}"`).join(', ');
  throw new Failure(
    'IN_USE',
    `The other attribute holds no numbers, which these seed lists need: ${names}.`,
    {
      path: 'input.into',
    },
  );
}
