import type { EventPattern } from '../ast.js';
import { MAX_STEPS } from '../ast.js';
import type { Checker } from '../checker.js';
import { fold } from '../fold.js';
import { negatedAsWhole } from '../phrases.js';
import { durationInWords } from '../time.js';
import type { ConditionHandler } from './condition.js';
import { checkPattern, PATTERN_FIELDS, printPattern, sayPattern } from './pattern.js';

/** `sequence`: events one after the other, the last of them soon enough after the first. */
export const sequence: ConditionHandler<'sequence'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, ['steps', 'within']);
    if (fields === undefined) return undefined;
    const steps = checker.need(fields, 'steps', path, (value, at) => checkSteps(checker, value, at));
    const within = checker.need(fields, 'within', path, (value, at) =>
      checker.duration(value, at, ['m', 'h', 'd', 'w']),
    );
    return steps === undefined || within === undefined ? undefined : { steps, within };
  },

  print(body) {
    return `sequence (${body.steps.map(printPattern).join(', ')}) within ${durationInWords(body.within)}`;
  },

  describe(body, _names, negated) {
    const text = `has ${body.steps.map(sayPattern).join(', then ')}, all within ${durationInWords(body.within)}`;
    return negated ? negatedAsWhole(text) : { lead: 'who', text };
  },

  /** An event dated ahead of now counts once its time has come. */
  usesClock() {
    return true;
  },

  refer(body, references) {
    for (const step of body.steps) references.events.add(fold(step.name));
  },
};

function checkSteps(checker: Checker, value: unknown, path: string): EventPattern[] | undefined {
  return checker.list(value, path, { from: 2, to: MAX_STEPS, tooMany: 'TOO_MANY_VALUES' }, (step, at) => {
    const fields = checker.count(at) ? checker.fields(step, at, PATTERN_FIELDS) : undefined;
    return fields && checkPattern(checker, fields, at);
  });
}
