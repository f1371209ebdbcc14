import { createHash } from 'node:crypto';
import {
  kindOf,
  MAX_VALUES_IN_ALL,
  weightOf,
  type CompanyPeople,
  type Condition,
  type ConditionKind,
  type Kinds,
  type Rule,
} from '@coterie/rules';
import { Failure, type Problem } from '../../../platform/errors.js';
import { attributeLeaf } from './leaves/attribute.sql.js';
import { consentLeaf, identifiedLeaf } from './leaves/consent.sql.js';
import { eventLeaf } from './leaves/event.sql.js';
import type { LeafScope } from './leaves/leaf.js';
import { listLeaf, lookalikeLeaf, segmentLeaf } from './leaves/membership.sql.js';
import { sampleLeaf } from './leaves/sample.sql.js';
import { sequenceLeaf } from './leaves/sequence.sql.js';
import { signalLeaf } from './leaves/signal.sql.js';
import { Parameters, type Statement } from './sql.js';
import { leavesOf, nodesOf, treeExpression, type Leaf } from './tree.js';

/*
 * The truth: a rule as one SQL statement. It exists to be right, not fast, so it says what a rule means as directly as
 * SQL can: a leaf is a boolean expression over one contact `c`, never null; the tree joins them with and, or, not.
 *
 *   with universe  as (the workspace's contacts, or the few that are asked about),
 *        segment_0 as (the members of a segment that the rule names), …
 *   select … from universe c where <the tree>
 *
 * A named segment is expanded once, however often and however deep it is named: written out at each place, a ladder of
 * segments that name two others each would double with every rung.
 */

/** What a segment that a rule names is made of. */
export interface SegmentDefinition {
  id: string;
  name: string;
  /** Null for a static segment: its members are listed. */
  rule: Rule | null;
}

/** A rule with everything that its meaning depends on besides the contacts. */
export interface Question {
  rule: Rule;
  /** Each segment that the rule names, itself or through others, by id. */
  definitions: ReadonlyMap<string, SegmentDefinition>;
  /** What is relative to now is relative to its minute. */
  now: Date;
  /** IANA name. */
  timeZone: string;
}

/**
 * What a rule may come to together with the segments it names, for PostgreSQL to answer it in one statement: it takes
 * 65,535 parameters, and the memory that a plan needs grows with conditions and values.
 */
const most = { conditions: 2_000, values: 2 * MAX_VALUES_IN_ALL } as const;

const leaves: { [K in ConditionKind]: (body: Kinds[K], scope: LeafScope) => string } = {
  attribute: attributeLeaf,
  event: eventLeaf,
  sequence: sequenceLeaf,
  signal: signalLeaf,
  segment: segmentLeaf,
  list: listLeaf,
  lookalike: lookalikeLeaf,
  consent: consentLeaf,
  identified: identifiedLeaf,
  sample: sampleLeaf,
};

/** One leaf as a boolean expression over the contact `c`. */
function leafExpression(leaf: Leaf, scope: LeafScope): string {
  if ('companyPeople' in leaf) return companyPeople(leaf.companyPeople, scope);
  return applyLeaf(kindOf(leaf) as ConditionKind, leaf, scope);
}

/** Whether the people of the contact's company match. The inner `c` is any of them: it hides the outer one. */
function companyPeople({ match, rule }: CompanyPeople, scope: LeafScope): string {
  const asked = ruleExpression(rule, scope);
  const companies = `select c.company_id from contacts c
    where c.company_id is not null and ${match === 'all' ? `not ${asked}` : asked}`;
  return match === 'any'
    ? `coalesce(c.company_id in (${companies}), false)`
    : `(c.company_id is not null and c.company_id not in (${companies}))`;
}

function applyLeaf<K extends ConditionKind>(kind: K, condition: Condition, scope: LeafScope): string {
  return leaves[kind]((condition as unknown as Record<K, Kinds[K]>)[kind], scope);
}

/** The count of the members: one row `{count}`, a bigint. */
export function countMembers(question: Question): Statement {
  const { scope, prelude } = prepare(question);
  const root = ruleExpression(question.rule, scope);
  return {
    text: `${prelude}\nselect count(*) as count from universe c where ${root}`,
    values: scope.parameters.values,
  };
}

/** The ordinals of the members, one a row, in no order. @param before parameters of the statement this is put into. */
export function memberOrdinals(question: Question, before = 0): Statement {
  const { scope, prelude } = prepare(question, { before });
  const root = ruleExpression(question.rule, scope);
  return {
    text: `${prelude}\nselect c.ordinal from universe c where ${root}`,
    values: scope.parameters.values,
  };
}

/** The count of every node of the tree, in the order of nodesOf(): one row `{counts: text[]}`. */
export function countNodes(question: Question): Statement {
  const { scope, prelude } = prepare(question);
  const { columns, nodes } = leafColumns(question, scope);
  const counts = nodes.map((node) => `count(*) filter (where ${node})::text`);
  const text = `${prelude},
leaf as materialized (
  select ${['c.ordinal', ...columns].join(',\n    ')}
  from universe c
)
select array[${counts.join(',\n  ')}] as counts from leaf`;
  return { text, values: scope.parameters.values };
}

/** Whether each node holds for a contact, in the order of nodesOf(): one row `{holds: boolean[]}`, none without it. */
export function nodesOfContact(question: Question, ordinal: number): Statement {
  const { scope, prelude, isAsked } = prepare(question, { ordinals: [ordinal] });
  const { columns, nodes } = leafColumns(question, scope);
  const text = `${prelude},
leaf as materialized (
  select ${['c.ordinal', ...columns].join(',\n    ')}
  from universe c
  where ${isAsked}
)
select array[${nodes.join(',\n  ')}] as holds from leaf`;
  return { text, values: scope.parameters.values };
}

/** A condition that is asked of a contact as if it were another time. */
export interface Probe {
  condition: Condition;
  ordinal: number;
  now: Date;
}

/**
 * Whether conditions hold for contacts at other times, by what is stored now. None of them is a segment.
 * @returns a row `{ordinal, holds: boolean[]}` for each contact, in the order in which it is asked about.
 */
export function conditionsInTime(probes: readonly Probe[], timeZone: string): Statement {
  const parameters = new Parameters();
  const contacts = [...Map.groupBy(probes, ({ ordinal }) => ordinal)].map(([ordinal, asked]) => {
    const columns = asked.map(({ condition, now }) =>
      leafExpression(condition, { parameters, now, timeZone, segmentTable: new Map() }),
    );
    return `select c.ordinal, array[${columns.join(',\n  ')}] as holds
from contacts c where c.ordinal = ${parameters.add(ordinal, 'integer')}`;
  });
  return { text: contacts.join('\nunion all\n'), values: parameters.values };
}

/** How many people work at a contact's company, and of how many of them a rule holds: one row `{people, matching}`. */
export function peopleOfCompany(question: Question, ordinal: number): Statement {
  const { scope, prelude } = prepare(question);
  const asked = ruleExpression(question.rule, scope);
  const text = `${prelude}
select count(*) as people, count(*) filter (where ${asked}) as matching
from universe c
where c.company_id = (select own.company_id from contacts own where own.ordinal = ${scope.parameters.add(ordinal, 'integer')})`;
  return { text, values: scope.parameters.values };
}

/** Which of these contacts are members: their ordinals, one a row. */
export function membersAmong(question: Question, ordinals: readonly number[]): Statement {
  const { scope, prelude, isAsked } = prepare(question, { ordinals });
  const root = ruleExpression(question.rule, scope);
  return {
    text: `${prelude}\nselect c.ordinal from universe c where ${isAsked} and ${root}`,
    values: scope.parameters.values,
  };
}

/** What a question asks of the database, in 64 hex digits: equal questions, and only those, have equal prints. */
export function fingerprint(question: Question): string {
  const { text, values } = countNodes(question);
  return createHash('sha256')
    .update(JSON.stringify([text, values]))
    .digest('hex');
}

interface Prepared {
  scope: LeafScope;
  /** The `with` that every form begins with. */
  prelude: string;
  /** Whether the contact `c` is one of those that are asked about. */
  isAsked: string;
}

function prepare(
  question: Question,
  options: { ordinals?: readonly number[]; before?: number } = {},
): Prepared {
  const parameters = new Parameters(options.before);
  const named = segmentsInOrder(question);
  const scope: LeafScope = {
    parameters,
    now: question.now,
    timeZone: question.timeZone,
    segmentTable: new Map(named.map((segment, index) => [segment.id, `segment_${index}`])),
  };
  const isAsked = options.ordinals
    ? `c.ordinal = any(${parameters.add(options.ordinals, 'integer[]')})`
    : 'true';
  // Whoever asks about the people of a company needs the others in it as well.
  const rules = [question.rule, ...named.map((segment) => segment.rule ?? question.rule)];
  const universe = rules.some(asksOfOthers) ? 'true' : isAsked;
  const tables = [
    `universe as not materialized (
  select c.workspace_id, c.ordinal, c.id, c.company_id from contacts c where ${universe}
)`,
    ...named.map((segment) => segmentTable(segment, scope)),
  ];
  return { scope, prelude: `with ${tables.join(',\n')}`, isAsked };
}

function asksOfOthers(rule: Rule): boolean {
  return nodesOf(rule).some(({ node }) => 'companyPeople' in node);
}

function ruleExpression(rule: Rule, scope: LeafScope): string {
  return treeExpression(rule, (leaf) => leafExpression(leaf, scope));
}

function segmentTable(segment: SegmentDefinition, scope: LeafScope): string {
  const members = segment.rule ? ruleExpression(segment.rule, scope) : listLeaf(segment.id, scope);
  return `${scope.segmentTable.get(segment.id)} as materialized (\n  select c.ordinal from universe c where ${members}\n)`;
}

/** A boolean column for each leaf, and each node as an expression over those columns. */
function leafColumns(question: Question, scope: LeafScope): { columns: string[]; nodes: string[] } {
  const nameByLeaf = new Map(leavesOf(question.rule).map((leaf, index) => [leaf, `leaf_${index}`]));
  const columns = [...nameByLeaf].map(([leaf, name]) => `${leafExpression(leaf, scope)} as ${name}`);
  const nodes = nodesOf(question.rule).map(({ node }) =>
    treeExpression(node, (leaf) => nameByLeaf.get(leaf) as string),
  );
  return { columns, nodes };
}

/**
 * The segments that the rule names, each after those that it names itself.
 * Throws SEGMENT_CYCLE naming the circle, and INVALID_RULE when all of them together are too much for one statement.
 * @param path where in the caller's input the rule stands.
 */
export function segmentsInOrder(question: Question, path = 'rule'): SegmentDefinition[] {
  const ordered = new Map<string, SegmentDefinition>();
  const sum = { conditions: 0, values: 0 };
  /** @param at the place, in the rule that is asked, through which this one is reached. */
  const visit = (rule: Rule, trail: readonly SegmentDefinition[], at?: string): void => {
    const { conditions, values } = weightOf(rule);
    sum.conditions += conditions;
    sum.values += values;
    if (sum.conditions > most.conditions || sum.values > most.values) throw tooMuch(sum, path, at ?? 'rule');
    for (const { node, path: place } of nodesOf(rule)) {
      if (!('segment' in node) || ordered.has(node.segment)) continue;
      const segment = question.definitions.get(node.segment);
      // Not there: it can be nobody's member. References are checked when a rule is stored.
      if (!segment) continue;
      const here = at ?? `${place}.segment`;
      if (trail.includes(segment)) throw cycle([...trail.slice(trail.indexOf(segment)), segment], path, here);
      if (segment.rule) visit(segment.rule, [...trail, segment], here);
      ordered.set(segment.id, segment);
    }
  };
  visit(question.rule, []);
  return [...ordered.values()];
}

/**
 * The failure of a rule that would make a segment contain itself, naming the circle: "A → B → A".
 * @param path where in the caller's input the rule stands. @param at the condition in it that leads into the circle.
 */
export function cycle(circle: readonly { name: string }[], path: string, at: string): Failure {
  const names = circle.map((segment) => segment.name).join(' → ');
  const message = `A segment cannot contain itself: ${names}.`;
  return refusal('SEGMENT_CYCLE', path, { code: 'SEGMENT_CYCLE', path: at, message });
}

function tooMuch({ conditions }: { conditions: number }, path: string, at: string): Failure {
  const isConditions = conditions > most.conditions;
  const what = isConditions ? `${most.conditions} conditions` : `${most.values} values`;
  const message = `Together with the segments it names, a rule may have at most ${what}.`;
  const code = isConditions ? 'TOO_MANY_CONDITIONS' : 'TOO_MANY_VALUES';
  return refusal('INVALID_RULE', path, { code, path: at, message });
}

function refusal(code: 'SEGMENT_CYCLE' | 'INVALID_RULE', path: string, problem: Problem): Failure {
  return new Failure(code, problem.message, { path, problems: [problem] });
}
