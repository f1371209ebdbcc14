import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { attributeCatalog, createAttribute, definitionFor } from '../attributes/index.js';
import type { BlueprintAttribute } from './document.js';

/** An attribute that a blueprint needs and a workspace lacks. */
export type LackingAttribute = BlueprintAttribute;

/**
 * Looks for the attributes that a blueprint needs.
 * @param define whether those that are lacking are made, and given back.
 * Throws CONFLICT with each that is lacking, unless they are made, and with each that is archived or of another type.
 */
export async function checkAttributes(
  tx: WorkspaceTransaction,
  needed: readonly BlueprintAttribute[],
  define: boolean,
  now: Date,
): Promise<LackingAttribute[]> {
  const catalog = await attributeCatalog(tx);
  const problems: Problem[] = [];
  const lacking: LackingAttribute[] = [];
  for (const [index, attribute] of needed.entries()) {
    const { subject, key, type } = attribute;
    const found = definitionFor(catalog, subject, key);
    const fault = found
      ? found.archivedAt
        ? 'is archived here'
        : found.type !== type && `is of the type ${found.type} here, and has to be ${type}`
      : !define && 'is lacking here';
    if (fault)
      problems.push({
        code: 'CONFLICT',
        path: `document.attributes[${index}]`,
        message: `The attribute ${key} of the ${subject} ${fault}.`,
      });
    if (!found) lacking.push(attribute);
  }
  if (problems.length > 0)
    throw new Failure('CONFLICT', problems.map(({ message }) => message).join(' '), {
      path: problems[0]!.path,
      problems,
    });
  for (const attribute of lacking) await createAttribute(tx, attribute, now);
  return lacking;
}
