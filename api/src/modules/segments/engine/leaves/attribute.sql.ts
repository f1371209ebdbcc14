import { COMPANY_PREFIX, heldSince, type AttributeCondition } from '@coterie/rules';
import { comparable, complementOf, writeComparison, type Operand } from './comparison.sql.js';
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
  return condition.op === 'includes_all' ? allIncluded(condition, scope) : valueExists(condition, scope);
}

function valueExists(condition: AttributeCondition, scope: LeafScope): string {
  const source = isOfCompany(condition)
    ? 'company_attributes a where a.workspace_id = c.workspace_id and a.company_id = c.company_id'
    : `contact_attributes a where ${ofContact('a')}`;
  return `exists (select 1 from ${source} and ${matching(condition, scope)})`;
}

/**
 * Whether as many different values are stored as are asked for, and all of them asked for. One sub-query however many
 * they are: with one for each value, PostgreSQL would plan thousands of them, at gigabytes for a single rule.
 */
function allIncluded(condition: AttributeCondition, scope: LeafScope): string {
  const { values = [], caseSensitive } = condition;
  const asked = new Set(values.map((value) => comparable(String(value), caseSensitive)));
  const included = matching({ ...condition, op: 'includes_any', values: [...asked] }, scope);
  const column = isOfCompany(condition) ? 'company_id' : 'ordinal';
  const having = `having count(distinct a.${caseSensitive ? 'text' : 'folded'}) = ${scope.parameters.add(asked.size, 'bigint')}`;
  const holders = `select a.workspace_id, a.${column} from ${isOfCompany(condition) ? 'company' : 'contact'}_attributes a
    where ${included} group by a.workspace_id, a.${column} ${having}`;
  return `(c.${column} is not null and (c.workspace_id, c.${column}) in (${holders}))`;
}

/** Whether a stored value `a` is one that an affirmative condition asks for. */
export function matching(condition: AttributeCondition, scope: LeafScope): string {
  const { parameters, now, timeZone } = scope;
  const key = isOfCompany(condition) ? condition.key.slice(COMPANY_PREFIX.length) : condition.key;
  const conditions = [`a.key = ${parameters.add(key, 'text')}`, writeComparison(condition, stored, scope)];
  if (condition.heldFor) {
    const bound = parameters.addInstant(heldSince(condition.heldFor, now, timeZone));
    conditions.push(`a.since ${'atLeast' in condition.heldFor ? '<=' : '>'} ${bound}`);
  }
  return conditions.join(' and ');
}

/** Whether a stored value `a`, under whatever key, compares as an affirmative condition asks. */
export function comparing(condition: AttributeCondition, scope: LeafScope): string {
  return writeComparison(condition, stored, scope);
}

/** Whether the condition is on the contact's company. */
export function isOfCompany({ key }: AttributeCondition): boolean {
  return key.startsWith(COMPANY_PREFIX);
}
