import { COMPANY_PREFIX, heldSince, type AttributeCondition } from '@coterie/rules';
import { conjunction } from '../sql.js';
import { complementOf, writeComparison, type Operand } from './comparison.sql.js';
import { ofContact, type LeafScope } from './leaf.js';

const stored: Operand = {
  text: 'a.text',
  folded: 'a.folded',
  number: 'a.number',
  flag: 'a.flag',
  instant: 'a.instant',
  present: 'true',
};

/** An attribute of the contact, or of its company: some stored value under the key compares so. */
export function attributeLeaf(condition: AttributeCondition, scope: LeafScope): string {
  const positive = complementOf(condition);
  return positive ? `not ${held(positive as AttributeCondition, scope)}` : held(condition, scope);
}

function held(condition: AttributeCondition, scope: LeafScope): string {
  if (condition.op !== 'includes_all') return valueExists(condition, scope);
  const each = (condition.values ?? []).map((value) =>
    valueExists({ ...condition, op: 'includes_any', values: [value] }, scope),
  );
  return conjunction(each);
}

function valueExists(condition: AttributeCondition, scope: LeafScope): string {
  const { parameters, now, timeZone } = scope;
  const ofCompany = condition.key.startsWith(COMPANY_PREFIX);
  const key = ofCompany ? condition.key.slice(COMPANY_PREFIX.length) : condition.key;
  const conditions = [`a.key = ${parameters.add(key, 'text')}`, writeComparison(condition, stored, scope)];
  if (condition.heldFor) {
    const bound = parameters.add(heldSince(condition.heldFor, now, timeZone).toISOString(), 'timestamptz');
    conditions.push(`a.since ${'atLeast' in condition.heldFor ? '<=' : '>'} ${bound}`);
  }
  const source = ofCompany
    ? 'company_attributes a where a.workspace_id = c.workspace_id and a.company_id = c.company_id'
    : `contact_attributes a where ${ofContact('a')}`;
  return `exists (select 1 from ${source} and ${conditions.join(' and ')})`;
}
