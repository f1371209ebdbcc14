import type { AttributeSchema, Names, RuleSchema } from '@coterie/rules';
import { COMPANY_PREFIX } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { attributeCatalog, type AttributeCatalog } from '../attributes/index.js';
import { loadTimeZone } from './question.js';

/** What rules of the workspace are checked against, and what attributes that they name were called before. */
export interface WorkspaceRuleSchema extends RuleSchema {
  /** Former keys, each with the present one, as rules write them. They are among the attributes. */
  former: ReadonlyMap<string, string>;
}

/** The attributes that rules of the workspace may name; archived ones are not offered. */
export async function loadRuleSchema(tx: WorkspaceTransaction): Promise<WorkspaceRuleSchema> {
  const catalog = await attributeCatalog(tx);
  const attributes = attributesOf(catalog);
  const former = formerOf(catalog);
  for (const [alias, key] of former) {
    const present = attributes.get(key);
    if (present && !attributes.has(alias)) attributes.set(alias, present);
  }
  return { attributes, zone: await loadTimeZone(tx), former };
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

function formerOf({ former }: AttributeCatalog): Map<string, string> {
  const companies = [...former.company].map(([alias, key]): [string, string] => [
    `${COMPANY_PREFIX}${alias}`,
    `${COMPANY_PREFIX}${key}`,
  ]);
  return new Map([...former.contact, ...companies]);
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
