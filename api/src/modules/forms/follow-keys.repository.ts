import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { KeyChange } from '../attributes/index.js';

/** Has forms, archived ones too, name an attribute of contacts by its new key. */
export async function followKeysInForms(
  tx: WorkspaceTransaction,
  { subject, from, to }: KeyChange,
): Promise<void> {
  if (subject !== 'contact') return;
  // A form that asked for both attributes asks for the one that is left once: two fields must not say the same.
  await tx.query(
    `update forms as f set fields = (
       select jsonb_agg(case when field->>'attribute' = $1
         then jsonb_set(field, '{attribute}', to_jsonb($2::text)) else field end order by place)
       from jsonb_array_elements(f.fields) with ordinality as asked (field, place)
       where field->>'attribute' <> $1
         or not exists (select from jsonb_array_elements(f.fields) as other where other->>'attribute' = $2))
     where exists (select from jsonb_array_elements(f.fields) as asked where asked->>'attribute' = $1)`,
    [from, to],
  );
}
