import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeCatalog, AttributeDefinition, AttributeSubject } from './attribute-definition.js';
import { readDefinitions, shareDefinitions, type AttributeAlias } from './attribute-definition.repository.js';
import { standardAttributes } from './standard-attributes.js';

/** The attributes of the workspace: the standard set and its own. */
export async function attributeCatalog(tx: WorkspaceTransaction): Promise<AttributeCatalog> {
  const { definitions, aliases } = await readDefinitions(tx);
  return catalogOf(definitions, aliases);
}

/**
 * The same for whoever writes by it: until the transaction ends no attribute is renamed or becomes part of another, so
 * that nothing is stored under a key that is gone.
 */
export async function steadyCatalog(tx: WorkspaceTransaction): Promise<AttributeCatalog> {
  await shareDefinitions(tx);
  return attributeCatalog(tx);
}

/** Puts a workspace's own definitions beside the standard set. A standard key always means the standard attribute. */
export function catalogOf(
  custom: readonly AttributeDefinition[],
  aliases: readonly AttributeAlias[] = [],
): AttributeCatalog {
  const all = [...custom, ...standardAttributes];
  const of = (subject: AttributeSubject): Map<string, AttributeDefinition> => {
    const former = Map.groupBy(formerOf(subject), ([, key]) => key);
    const formerKeysOf = (key: string): string[] => (former.get(key) ?? []).map(([alias]) => alias);
    return new Map(
      all
        .filter((definition) => definition.subject === subject)
        .map((definition) => [definition.key, { ...definition, formerKeys: formerKeysOf(definition.key) }]),
    );
  };
  const formerOf = (subject: AttributeSubject): Map<string, string> =>
    new Map(aliases.filter((each) => each.subject === subject).map(({ alias, key }) => [alias, key]));
  return {
    contact: of('contact'),
    company: of('company'),
    former: { contact: formerOf('contact'), company: formerOf('company') },
  };
}
