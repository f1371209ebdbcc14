import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeCatalog, AttributeDefinition } from './attribute-definition.js';
import { customAttributes } from './attribute-definition.repository.js';
import { standardAttributes } from './standard-attributes.js';

/** The attributes of the workspace: the standard set and its own. */
export async function attributeCatalog(tx: WorkspaceTransaction): Promise<AttributeCatalog> {
  return catalogOf(await customAttributes(tx));
}

/** Puts a workspace's own definitions beside the standard set. A standard key always means the standard attribute. */
export function catalogOf(custom: readonly AttributeDefinition[]): AttributeCatalog {
  const all = [...custom, ...standardAttributes];
  const of = (subject: AttributeDefinition['subject']): Map<string, AttributeDefinition> =>
    new Map(
      all
        .filter((definition) => definition.subject === subject)
        .map((definition) => [definition.key, definition]),
    );
  return { contact: of('contact'), company: of('company') };
}
