import { COMPANY_PREFIX, dateSpan, heldSince, startOfDay, type AttributeCondition } from '@coterie/rules';
import { comparable, complementOf, withinSpan } from '../leaves/comparison.sql.js';
import { comparing, isOfCompany, matching } from '../leaves/attribute.sql.js';
import { listsWhere } from './lists.js';
import { select, type Edge, type FromLists, type Moment, type SetPlan, type SetScope } from './selection.js';

/** The contacts, or those of the companies, that have such a value. */
export function attributeSet(condition: AttributeCondition, { timeZone }: Moment): SetPlan {
  const positive = complementOf(condition) as AttributeCondition | undefined;
  const held = positive ?? condition;
  const plan = select({
    of: ['attribute', held, timeZone],
    facets: [isOfCompany(held) ? held.key : `attribute:${held.key}`],
    anew: [`definition:${held.key}`],
    edges: edgesOf(held),
    isHeavy: ['contains', 'starts_with', 'ends_with', 'anniversary_within'].includes(held.op),
    find: (scope) => writerOf(held)(held, scope),
    fromLists: listsOf(held),
  });
  return positive ? { without: plan } : plan;
}

/** The lists of the values that are meant: since when somebody has one, or how many, they do not say. */
function listsOf(condition: AttributeCondition): FromLists | undefined {
  const { key, op, heldFor, caseSensitive } = condition;
  if (heldFor || caseSensitive || op === 'includes_all') return undefined;
  const facet = isOfCompany(condition) ? key : `attribute:${key}`;
  return listsWhere(facet, op !== 'exists', (scope) =>
    op === 'exists' ? 'a.place = 0' : comparing(condition, scope),
  );
}

type Write = (condition: AttributeCondition, scope: SetScope) => string;

function writerOf({ op }: AttributeCondition): Write {
  if (op === 'includes_all') return allIncluded;
  return op === 'exists' ? anyValue : values;
}

const values: Write = (condition, scope) =>
  `${from(condition, scope)} and ${matching(condition, scope)} and a.${columnOf(condition)} is not null`;

/** Only indexes of values begin with the key, one for each type: each is asked for what it has. */
const anyValue: Write = (condition, scope) =>
  ['folded', 'number', 'flag', 'instant']
    .map(
      (column) => `${from(condition, scope)} and ${matching(condition, scope)} and a.${column} is not null`,
    )
    .join('\nunion all\n');

/** As many different values as are asked for, all of them asked for. */
const allIncluded: Write = (condition, scope) => {
  const { values: given = [], caseSensitive } = condition;
  const asked = [...new Set(given.map((value) => comparable(String(value), caseSensitive)))];
  const included = matching({ ...condition, op: 'includes_any', values: asked }, scope);
  const distinct = `count(distinct a.${caseSensitive ? 'text' : 'folded'})`;
  return `${from(condition, scope)} and ${included} group by ${holder(condition)}
    having ${distinct} = ${scope.parameters.add(asked.length, 'bigint')}`;
};

const holder = (condition: AttributeCondition): string =>
  isOfCompany(condition) ? 'c.ordinal' : 'a.ordinal';

function from(condition: AttributeCondition, scope: SetScope): string {
  const table = isOfCompany(condition)
    ? 'company_attributes a join contacts c on c.workspace_id = a.workspace_id and c.company_id = a.company_id'
    : 'contact_attributes a';
  return `select ${holder(condition)} from ${table} where ${scope.among(holder(condition))}`;
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

function edgesOf(condition: AttributeCondition): Edge[] {
  const { op, value, heldFor } = condition;
  const edges: Edge[] = [];
  if (op === 'within_last' || op === 'within_next') {
    const crossed: Edge['crossed'] = (span, scope) => {
      const key = condition.key.slice(isOfCompany(condition) ? COMPANY_PREFIX.length : 0);
      const isKey = `a.key = ${scope.parameters.add(key, 'text')}`;
      return `${from(condition, scope)} and ${isKey} and ${withinSpan('a.instant', span, scope)}`;
    };
    for (const end of ['from', 'to'] as const) {
      const at: Edge['at'] = ({ now, timeZone }) => dateSpan(op, String(value), now, timeZone)[end] as Date;
      edges.push({ at, crossed });
    }
  }
  if (op === 'anniversary_within') edges.push({ at: ({ now, timeZone }) => startOfDay(now, timeZone) });
  // Nothing is indexed by the time since which a value stands.
  if (heldFor) edges.push({ at: ({ now, timeZone }) => heldSince(heldFor, now, timeZone) });
  return edges;
}
