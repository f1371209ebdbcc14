import type { AttributeCondition } from '@coterie/rules';
import { comparable, complementOf } from '../leaves/comparison.sql.js';
import { isOfCompany, matching } from '../leaves/attribute.sql.js';
import { select, type Moment, type SetPlan, type SetScope } from './set-plan.js';

/** The contacts, or those of the companies, that have such a value. */
export function attributeSet(condition: AttributeCondition, moment: Moment): SetPlan {
  const positive = complementOf(condition) as AttributeCondition | undefined;
  const held = positive ?? condition;
  const plan = select(moment, (scope) =>
    held.op === 'includes_all'
      ? allIncluded(held, scope)
      : held.op === 'exists'
        ? anyValue(held, scope)
        : values(held, scope),
  );
  return positive ? { without: plan } : plan;
}

function values(condition: AttributeCondition, scope: SetScope): string {
  return `${from(condition)} where ${matching(condition, scope)} and a.${columnOf(condition)} is not null`;
}

/** Only indexes of values begin with the key, one for each type: each is asked for what it has. */
function anyValue(condition: AttributeCondition, scope: SetScope): string {
  const where = matching(condition, scope);
  return ['folded', 'number', 'flag', 'instant']
    .map((column) => `${from(condition)} where ${where} and a.${column} is not null`)
    .join('\nunion all\n');
}

/** As many different values as are asked for, all of them asked for. */
function allIncluded(condition: AttributeCondition, scope: SetScope): string {
  const { values: given = [], caseSensitive } = condition;
  const asked = [...new Set(given.map((value) => comparable(String(value), caseSensitive)))];
  const included = matching({ ...condition, op: 'includes_any', values: asked }, scope);
  const distinct = `count(distinct a.${caseSensitive ? 'text' : 'folded'})`;
  return `${from(condition)} where ${included} group by ${holder(condition)}
    having ${distinct} = ${scope.parameters.add(asked.length, 'bigint')}`;
}

const holder = (condition: AttributeCondition): string =>
  isOfCompany(condition) ? 'c.ordinal' : 'a.ordinal';

function from(condition: AttributeCondition): string {
  const table = isOfCompany(condition)
    ? 'company_attributes a join contacts c on c.workspace_id = a.workspace_id and c.company_id = a.company_id'
    : 'contact_attributes a';
  return `select ${holder(condition)} from ${table}`;
}

/** The column that holds what is compared: its index is partial, and PostgreSQL does not see by itself that it fits. */
function columnOf({ op, value, values: [first] = [] }: AttributeCondition): string {
  if (['before', 'after', 'within_last', 'within_next', 'anniversary_within'].includes(op)) return 'instant';
  if (op === 'between') return typeof first === 'number' ? 'number' : 'instant';
  if (['gt', 'gte', 'lt', 'lte'].includes(op)) return 'number';
  const compared = value ?? first;
  if (typeof compared === 'number') return 'number';
  return typeof compared === 'boolean' ? 'flag' : 'folded';
}
