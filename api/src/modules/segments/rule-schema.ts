import type { AttributeSchema, Names, RuleSchema } from '@coterie/rules';
import { COMPANY_PREFIX } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { attributeCatalog, type AttributeCatalog } from '../attributes/index.js';
import { loadTimeZone } from './question.js';

/** The attributes that rules of the workspace may name; archived ones are not offered. */
export async function loadRuleSchema(tx: WorkspaceTransaction): Promise<RuleSchema> {
  return { attributes: attributesOf(await attributeCatalog(tx)), zone: await loadTimeZone(tx) };
}

/** How the workspace calls what rules name, for sentences: its attributes, and the segments among `ids`. */
export async function loadNames(tx: WorkspaceTransaction, ids: readonly string[]): Promise<Names> {
  const attributes = attributesOf(await attributeCatalog(tx), { archived: true });
  const rows = await tx.query<{ id: string; name: string }>(
    `select id, name from segments where id = any($1::uuid[])
     union all
     select id, name from lookalikes where id = any($1::uuid[])`,
    [ids],
  );
  const nameById = new Map(rows.map((row) => [row.id, row.name]));
  const name = (id: string): string | undefined => nameById.get(id);
  return { attribute: (key) => attributes.get(key)?.label, segment: name, list: name, lookalike: name };
}

function attributesOf(catalog: AttributeCatalog, { archived = false } = {}): Map<string, AttributeSchema> {
  const entries = (['contact', 'company'] as const).flatMap((subject) =>
    [...catalog[subject].values()]
      .filter((definition) => archived || !definition.archivedAt)
      .map(({ key, type, label }): [string, AttributeSchema] =>
        subject === 'company'
          ? [`${COMPANY_PREFIX}${key}`, { type, label: `company's ${label}` }]
          : [key, { type, label }],
      ),
  );
  return new Map(entries);
}
