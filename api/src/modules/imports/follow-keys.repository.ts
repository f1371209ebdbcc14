import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { KeyChange } from '../attributes/index.js';

/** Has saved mappings, and what can still be undone of imports, name an attribute by its new key. */
export async function followKeysInImports(tx: WorkspaceTransaction, change: KeyChange): Promise<void> {
  await renameTargets(tx, change);
  if (change.subject === 'contact') await renameEffects(tx, change);
}

async function renameTargets(tx: WorkspaceTransaction, { subject, from, to }: KeyChange): Promise<void> {
  const prefix = subject === 'company' ? 'company.' : '';
  // Where another column went to the new key already, the one of the former key is left out, as it would be by name.
  await tx.query(
    `update import_mappings as m set mapping = (
       select jsonb_object_agg(header, case
         when choice->>'target' <> $1 then choice
         when exists (select from jsonb_each(m.mapping) as other where other.value->>'target' = $2)
           then jsonb_set(choice, '{target}', 'null')
         else jsonb_set(choice, '{target}', to_jsonb($2::text)) end)
       from jsonb_each(m.mapping) as said (header, choice))
     where exists (select from jsonb_each(m.mapping) as said where said.value->>'target' = $1)`,
    [`${prefix}${from}`, `${prefix}${to}`],
  );
}

async function renameEffects(tx: WorkspaceTransaction, { from, to, merged }: KeyChange): Promise<void> {
  if (merged) {
    // Nobody can tell any more which of the values that there are now was the import's.
    await tx.query(
      `update import_effects set kept = 'The attribute has become part of another.'
       where kind = 'attribute' and key = $1 and kept is null`,
      [from],
    );
  } else {
    await tx.query(`update import_effects set key = $2 where kind = 'attribute' and key = $1`, [from, to]);
  }
}
