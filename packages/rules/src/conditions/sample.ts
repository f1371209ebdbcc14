import { printScalar, printText } from '../syntax.js';
import { quoted } from '../phrases.js';
import type { ConditionHandler } from './condition.js';

/**
 * `sample`: a stable random share. A contact's place is the first 32 bits, big endian, of the MD5 of
 * `<salt>:<contact id in lower case>`, divided by 2^32: in the share when that times 100 is less than `percent`.
 */
export const sample: ConditionHandler<'sample'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, ['percent', 'salt']);
    if (fields === undefined) return undefined;
    const percent = checker.need(fields, 'percent', path, (value, at) =>
      checker.numberWithin(value, at, 0, 100),
    );
    const salt = checker.need(fields, 'salt', path, (value, at) => checker.text(value, at));
    return percent === undefined || salt === undefined ? undefined : { percent, salt };
  },
  print: ({ percent, salt }) => `sample ${printScalar(percent)}% salt ${printText(salt)}`,
  describe: ({ percent, salt }, _names, negated) => ({
    lead: 'who',
    text: `${negated ? 'is not' : 'is'} in the random ${percent}% sample ${quoted(salt)}`,
  }),
  usesClock: () => false,
  refer: () => {},
};
