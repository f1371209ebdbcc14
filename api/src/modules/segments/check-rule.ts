import {
  parse,
  references,
  renameKeys,
  validate,
  type Rule,
  type RuleSchema,
  type Validation,
} from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { cycle, segmentsInOrder, type SegmentDefinition } from './engine/truth.js';
import { conditionsOf, nodesOf } from './engine/tree.js';
import { loadDefinitions } from './segment-definitions.js';
import { loadRuleSchema } from './rule-schema.js';

/** A rule as it was given, unchecked: as a tree or as text, exactly one of them. */
export interface RuleSource {
  tree?: unknown;
  text?: string | null;
}

/** Whose rule it is to be, and where in the input it stands. */
export interface RuleOwner {
  /** Absent for a rule that is only asked about. */
  segmentId?: string;
  name?: string;
  path: string;
}

/**
 * The rule in normal form, fit to be stored: attributes stand under their present keys, its attributes, segments, lists and lookalikes exist in the workspace and
 * are in use, and no segment comes to contain itself.
 * Throws INVALID_RULE with every problem and its path, or SEGMENT_CYCLE naming the circle.
 */
export async function checkRule(
  tx: WorkspaceTransaction,
  source: RuleSource,
  owner: RuleOwner,
): Promise<Rule> {
  const schema = await loadRuleSchema(tx);
  const tree = source.text == null ? source.tree : readText(source.text, owner);
  const asGiven = read(validate(tree, schema), owner);
  const rule = renameKeys(asGiven, (key) => schema.former.get(key) ?? key);
  read(validate(rule, { ...schema, ...(await knownReferences(tx, rule)) }), owner);
  const definitions = await loadDefinitions(tx, references(rule).segments);
  refuseCycle(rule, definitions, owner);
  // Throws when the rule with all the segments it names is too much for one statement.
  segmentsInOrder({ rule, definitions, now: new Date(0), timeZone: schema.zone }, owner.path);
  return rule;
}

/** The value of a check that passed; throws INVALID_RULE with every problem of one that did not. */
function read(checked: Validation, { path }: RuleOwner): Rule {
  if (checked.ok) return checked.rule;
  const [first] = checked.problems;
  const more = checked.problems.length > 1 ? ` (and ${checked.problems.length - 1} more)` : '';
  throw new Failure('INVALID_RULE', `${first?.path}: ${first?.message}${more}`, {
    path,
    problems: checked.problems,
  });
}

/** The tree that a text stands for. What is wrong with the text is told by line and column. */
function readText(text: string, owner: RuleOwner): Rule {
  const parsed = parse(text);
  if (parsed.ok) return parsed.rule;
  const path = `${owner.path}.text`;
  const problems = parsed.problems.map(({ code, message, line, column }) => ({
    code,
    path,
    message: `Line ${line}, column ${column}: ${message}`,
  }));
  throw new Failure('INVALID_RULE', problems[0]?.message ?? 'This is not a rule.', { path, problems });
}

/** Which of the ids that the rule names are there: segments and lists that are not archived, and lookalikes. */
async function knownReferences(tx: WorkspaceTransaction, rule: Rule): Promise<Partial<RuleSchema>> {
  const named = references(rule);
  const segments = await tx.query<{ id: string; kind: string }>(
    'select id, kind from segments where id = any($1::uuid[]) and archived_at is null',
    [[...named.segments, ...named.lists]],
  );
  const lookalikes = await tx.query<{ id: string }>(
    'select id from lookalikes where id = any($1::uuid[]) and archived_at is null',
    [named.lookalikes],
  );
  const segmentIds = new Set(segments.map((row) => row.id));
  const listIds = new Set(segments.filter((row) => row.kind === 'static').map((row) => row.id));
  const lookalikeIds = new Set(lookalikes.map((row) => row.id));
  return {
    segmentExists: (id) => segmentIds.has(id),
    listExists: (id) => listIds.has(id),
    lookalikeExists: (id) => lookalikeIds.has(id),
  };
}

/** Throws SEGMENT_CYCLE with, as its problem's path, that of the condition through which the segment would contain itself. */
function refuseCycle(
  rule: Rule,
  definitions: ReadonlyMap<string, SegmentDefinition>,
  { segmentId, name, path }: RuleOwner,
): void {
  if (segmentId === undefined) return;
  const own = { id: segmentId, name: name ?? '' };
  for (const step of nodesOf(rule)) {
    if (!('segment' in step.node)) continue;
    const circle = wayTo(segmentId, step.node.segment, definitions);
    if (circle) {
      // The names on the way back are as stored; its own is the one it is about to have.
      throw cycle([own, ...circle.slice(0, -1), own], path, `${step.path}.segment`);
    }
  }
}

/** The segments from one to another, both included; undefined when there is no way. */
function wayTo(
  target: string,
  from: string,
  definitions: ReadonlyMap<string, SegmentDefinition>,
  seen = new Set<string>(),
): SegmentDefinition[] | undefined {
  const segment = definitions.get(from);
  if (!segment || seen.has(from)) return undefined;
  if (from === target) return [segment];
  seen.add(from);
  for (const condition of segment.rule ? conditionsOf(segment.rule) : []) {
    const rest = 'segment' in condition ? wayTo(target, condition.segment, definitions, seen) : undefined;
    if (rest) return [segment, ...rest];
  }
  return undefined;
}
