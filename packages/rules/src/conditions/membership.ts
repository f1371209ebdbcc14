import type { Checker } from '../checker.js';
import type { RuleProblemCode } from '../problem.js';
import { named } from '../phrases.js';
import { printText } from '../syntax.js';
import type { ConditionHandler } from './condition.js';

/** Being in something that is kept elsewhere: another segment, a list, the reach of a lookalike. */

/** `segment`: in another segment. That segments do not refer to each other in a circle is for their keeper to check. */
export const segment: ConditionHandler<'segment'> = {
  check: (body, path, checker) =>
    checkExisting(checker, body, path, 'UNKNOWN_SEGMENT', 'segment', checker.schema.segmentExists),
  print: (id) => `segment ${printText(id)}`,
  describe: (id, names, negated) => ({
    lead: 'who',
    text: `${isIn(negated)} ${named('segment', id, names.segment)}`,
  }),
  usesClock: () => false,
  refer: (id, references) => void references.segments.add(id),
};

/** `list`: in a static list. */
export const list: ConditionHandler<'list'> = {
  check: (body, path, checker) =>
    checkExisting(checker, body, path, 'UNKNOWN_LIST', 'list', checker.schema.listExists),
  print: (id) => `list ${printText(id)}`,
  describe: (id, names, negated) => ({
    lead: 'who',
    text: `${isIn(negated)} ${named('list', id, names.list)}`,
  }),
  usesClock: () => false,
  refer: (id, references) => void references.lists.add(id),
};

/** `lookalike`: among the best `top` percent of a lookalike's ranking. */
export const lookalike: ConditionHandler<'lookalike'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, ['id', 'top']);
    if (fields === undefined) return undefined;
    const { lookalikeExists } = checker.schema;
    const id = checker.need(fields, 'id', path, (value, at) =>
      checkExisting(checker, value, at, 'UNKNOWN_LOOKALIKE', 'lookalike', lookalikeExists),
    );
    const top = checker.need(fields, 'top', path, (value, at) => checker.whole(value, at, 1, 20));
    return id === undefined || top === undefined ? undefined : { id, top };
  },
  print: ({ id, top }) => `lookalike ${printText(id)} top ${top}%`,
  describe: ({ id, top }, names, negated) => ({
    lead: 'who',
    text: `${negated ? 'is not' : 'is'} among the top ${top}% of ${named('lookalike', id, names.lookalike)}`,
  }),
  usesClock: () => false,
  refer: ({ id }, references) => void references.lookalikes.add(id),
};

function checkExisting(
  checker: Checker,
  value: unknown,
  path: string,
  code: RuleProblemCode,
  word: string,
  exists: ((id: string) => boolean) | undefined,
): string | undefined {
  const id = checker.id(value, path);
  if (id === undefined || !exists || exists(id)) return id;
  return checker.refuse(code, path, `There is no ${word} "${id}".`);
}

function isIn(negated: boolean): string {
  return negated ? 'is not in' : 'is in';
}
