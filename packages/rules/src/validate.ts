import type { ConditionKind, Kind, Rule } from './ast.js';
import { KINDS, MAX_CONDITIONS, MAX_DEPTH, PEOPLE_MATCHES } from './ast.js';
import { Checker } from './checker.js';
import type { RuleSchema } from './checker.js';
import { CONDITIONS } from './conditions/index.js';
import type { RuleProblem } from './problem.js';

/** A rule in normal form, or everything that is wrong with it (50 problems at most). */
export type Validation = { ok: true; rule: Rule } | { ok: false; problems: RuleProblem[] };

/**
 * Checks untrusted input against a workspace's schema. What comes back shares nothing with the input and is in normal
 * form: fields that are null or say nothing are gone, ids are in lower case. Never throws, whatever the input: it stops
 * at the permitted depth and size before it looks further.
 */
export function validate(input: unknown, schema: RuleSchema): Validation {
  const checker = new Checker(schema);
  const rule = checkNode(checker, input, 'rule', 1);
  if (rule !== undefined && checker.problems.length === 0) return { ok: true, rule };
  return { ok: false, problems: checker.problems };
}

function checkNode(checker: Checker, input: unknown, path: string, depth: number): Rule | undefined {
  if (checker.isFull) return undefined;
  if (depth > MAX_DEPTH)
    return checker.refuse('TOO_DEEP', path, `A rule is at most ${MAX_DEPTH} levels deep.`);
  const kind = checkKind(checker, input, path);
  if (kind === undefined) return undefined;
  const body = (input as Record<Kind, unknown>)[kind];
  const at = `${path}.${kind}`;
  if (kind === 'not') {
    const child = checkNode(checker, body, at, depth + 1);
    return child && { not: child };
  }
  if (kind === 'all' || kind === 'any') {
    const children = checkChildren(checker, body, at, depth + 1);
    return children && (kind === 'all' ? { all: children } : { any: children });
  }
  if (kind === 'companyPeople') return checkCompanyPeople(checker, body, at, depth + 1);
  return checkCondition(checker, kind, body, at);
}

function checkCompanyPeople(checker: Checker, body: unknown, path: string, depth: number): Rule | undefined {
  if (!checker.count(path)) return undefined;
  const fields = checker.fields(body, path, ['match', 'rule']);
  if (fields === undefined) return undefined;
  const match = checker.need(fields, 'match', path, (value, at) => checker.word(value, at, PEOPLE_MATCHES));
  const rule = checker.need(fields, 'rule', path, (value, at) => checkNode(checker, value, at, depth));
  return match === undefined || rule === undefined ? undefined : { companyPeople: { match, rule } };
}

/** The one kind that an object is of. */
function checkKind(checker: Checker, input: unknown, path: string): Kind | undefined {
  const fields = checker.fields(input, path, KINDS);
  if (fields === undefined) return undefined;
  const [kind, ...more] = fields.keys();
  if (kind === undefined) return checker.refuse('UNKNOWN_KIND', path, `Expected one of ${KINDS.join(', ')}.`);
  if (more.length > 0)
    return checker.refuse('AMBIGUOUS', path, `Expected only one of ${[kind, ...more].join(', ')}.`);
  return kind as Kind;
}

/** An empty group counts as a condition, or a small tree could hold any number of them. */
function checkChildren(checker: Checker, body: unknown, path: string, depth: number): Rule[] | undefined {
  if (Array.isArray(body) && body.length === 0 && !checker.count(path)) return undefined;
  const bounds = { from: 0, to: MAX_CONDITIONS, tooMany: 'TOO_MANY_CONDITIONS' } as const;
  return checker.list(body, path, bounds, (child, at) => checkNode(checker, child, at, depth));
}

function checkCondition(
  checker: Checker,
  kind: ConditionKind,
  body: unknown,
  path: string,
): Rule | undefined {
  if (!checker.count(path)) return undefined;
  const checked: unknown = CONDITIONS[kind].check(body, path, checker);
  return checked === undefined ? undefined : ({ [kind]: checked } as unknown as Rule);
}
