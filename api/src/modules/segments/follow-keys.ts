import { COMPANY_PREFIX, references, renameKeys, validate, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { KeyChange, KeyEditor } from '../attributes/index.js';
import { storeDefinition } from './create-segment.js';
import { loadRuleSchema } from './rule-schema.js';
import type { SegmentEntity } from './segment.entity.js';
import { lockDefinitions, segmentsWithRules } from './segment.repository.js';

/**
 * Has the rules of segments, archived ones too, name an attribute by its new key, each in a new version.
 * Throws IN_USE, naming the segments, when a rule asks of the attribute what its new type does not have.
 */
export async function followKeysInSegments(
  tx: WorkspaceTransaction,
  { subject, from, to, merged }: KeyChange,
  editor: KeyEditor,
): Promise<void> {
  await lockDefinitions(tx);
  const prefix = subject === 'company' ? COMPANY_PREFIX : '';
  const rename = (key: string): string => (key === `${prefix}${from}` ? `${prefix}${to}` : key);
  const keys = subject === 'company' ? 'companyKeys' : 'attributeKeys';
  const concerned = (await segmentsWithRules(tx)).filter(({ rule }) => references(rule)[keys].includes(from));
  const renamed = concerned.map((segment) => ({ segment, rule: renameKeys(segment.rule, rename) }));
  if (merged) await refuseMisfits(tx, renamed);
  for (const { segment, rule } of renamed) {
    Object.assign(segment, { rule, version: segment.version + 1, updatedAt: editor.now });
    await storeDefinition(tx, segment, editor);
  }
}

async function refuseMisfits(
  tx: WorkspaceTransaction,
  renamed: readonly { segment: SegmentEntity; rule: Rule }[],
): Promise<void> {
  if (renamed.length === 0) return;
  const schema = await loadRuleSchema(tx);
  const misfits = renamed.filter(({ rule, segment }) => !segment.archivedAt && !validate(rule, schema).ok);
  if (misfits.length === 0) return;
  const names = misfits.map(({ segment }) => `"${segment.name}"`).join(', ');
  throw new Failure('IN_USE', `The type of the other attribute does not have what is asked by ${names}.`, {
    path: 'input.into',
  });
}
