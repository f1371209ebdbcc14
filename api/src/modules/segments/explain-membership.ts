import {
  describe,
  references,
  type Condition,
  type Kind,
  kindOf,
  type Names,
  type Rule,
} from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { ordinalsByIds } from '../contacts/index.js';
import { seekEvidence, type Evidence } from './engine/evidence.js';
import { foresee, type Foresight } from './engine/foresee.js';
import { isCondition, nodesOf } from './engine/tree.js';
import { nodesOfContact, type Question } from './engine/truth.js';
import { loadQuestion, ruleOf } from './question.js';
import { loadNames } from './rule-schema.js';
import { requireSegment } from './segment.repository.js';

/** One node of a rule, for one contact. */
export interface NodeExplanation {
  /**
   * `rule.all[2]`; below a named segment, the nodes of that segment go on from its path. Below a question about the
   * people of a company, they tell what holds of the contact itself, who is one of them.
   */
  path: string;
  /** 1 is the rule itself. */
  depth: number;
  kind: Kind;
  sentence: string;
  holds: boolean;
  /** The first minute at which it is otherwise by the passing of time alone; null where it is not foreseen to be. */
  changesAt: Date | null;
  /** Empty for groups. */
  evidence: Evidence[];
}

/** Why a contact is a member of a segment, or is not. */
export interface MembershipExplanation {
  segmentId: string;
  contactId: string;
  isMember: boolean;
  /** Whether what the passing of time changes could be told; where not, all of that is null. */
  isForeseen: boolean;
  /** The first minute at which the contact is no member any more if nothing but time passes; null where there is none. */
  leavesAt: Date | null;
  /** The same for becoming one. */
  entersAt: Date | null;
  /** The version of the workspace that all of it was read at. */
  version: number;
  asOf: Date;
  sentence: string;
  /** A group before its children. */
  nodes: NodeExplanation[];
}

/** Explains a membership. To be run in a snapshot, so that verdict and evidence belong together. */
export async function explainMembership(
  tx: WorkspaceTransaction,
  asked: { segmentId: string; contactId: string },
  now: Date,
): Promise<MembershipExplanation> {
  const segment = await requireSegment(tx, asked.segmentId, 'segmentId');
  const ordinal = await ordinalOf(tx, asked.contactId);
  const question = await loadQuestion(tx, ruleOf(segment), now);
  const ids = [question, ...question.definitions.values()].flatMap((part) =>
    part.rule ? namedBy(part.rule) : [],
  );
  const names = await loadNames(tx, ids);
  const { isForeseen, changesAt } = await foresee(tx, question, ordinal);
  const nodes = await explainRule(
    { tx, question, ordinal, names, changesAt, explained: new Set([segment.id]) },
    'rule',
    1,
  );
  const isMember = nodes[0]?.holds ?? false;
  const turnsAt = nodes[0]?.changesAt ?? null;
  return {
    segmentId: segment.id,
    contactId: asked.contactId.toLowerCase(),
    isMember,
    isForeseen,
    leavesAt: isMember ? turnsAt : null,
    entersAt: isMember ? null : turnsAt,
    version: await tx.version(),
    asOf: now,
    sentence: describe(question.rule, names),
    nodes,
  };
}

interface Explaining {
  tx: WorkspaceTransaction;
  question: Question;
  ordinal: number;
  names: Names;
  changesAt: Foresight['changesAt'];
  /** Segments whose nodes are told already: each is told once, or a ladder of segments would double with every rung. */
  explained: Set<string>;
}

async function explainRule(
  explaining: Explaining,
  root: string,
  rootDepth: number,
): Promise<NodeExplanation[]> {
  const { tx, question, ordinal, names, changesAt } = explaining;
  const { text, values } = nodesOfContact(question, ordinal);
  const rows = await tx.query<{ holds: boolean[] }>(text, values);
  const told: NodeExplanation[] = [];
  for (const [index, { node, path, depth }] of nodesOf(question.rule).entries()) {
    const explanation = {
      path: root + path.slice('rule'.length),
      depth: rootDepth - 1 + depth,
      kind: kindOf(node),
      sentence: describe(node, names),
      holds: rows[0]?.holds[index] ?? false,
      changesAt: changesAt.get(node) ?? null,
      evidence:
        isCondition(node) || 'companyPeople' in node
          ? await seekEvidence(node, { tx, question, ordinal })
          : [],
    };
    told.push(explanation);
    if (isCondition(node)) told.push(...(await explainNamed(explaining, node, explanation)));
  }
  return told;
}

async function explainNamed(
  explaining: Explaining,
  condition: Condition,
  { path, depth }: NodeExplanation,
): Promise<NodeExplanation[]> {
  if (!('segment' in condition) || explaining.explained.has(condition.segment)) return [];
  const segment = explaining.question.definitions.get(condition.segment);
  if (!segment) return [];
  explaining.explained.add(segment.id);
  const question = { ...explaining.question, rule: ruleOf(segment) };
  return explainRule({ ...explaining, question }, `${path}.segment`, depth + 1);
}

async function ordinalOf(tx: WorkspaceTransaction, contactId: string): Promise<number> {
  const ordinals = await ordinalsByIds(tx, [contactId], { lock: false });
  const ordinal = ordinals.get(contactId.toLowerCase());
  if (ordinal === undefined) throw notFound('contact', 'contactId');
  return ordinal;
}

function namedBy(rule: Rule): string[] {
  const { segments, lists, lookalikes } = references(rule);
  return [...segments, ...lists, ...lookalikes];
}
