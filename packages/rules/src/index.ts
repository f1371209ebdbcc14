export * from './ast.js';
export type { AttributeSchema, RuleSchema } from './checker.js';
export { anniversaryTurns, comingMinute, endBound, startBound, thisMinute } from './crossings.js';
export type { MovingBound } from './crossings.js';
export { describe } from './describe.js';
export { visit } from './dispatch.js';
export type { Visitor } from './dispatch.js';
export { fold } from './fold.js';
export { canonical, isCompanyKey, references, renameKeys, weightOf, usesClock, walk } from './inspect.js';
export type { RuleReferences, RuleWeight, Step } from './inspect.js';
export { OPERATORS_OF_TYPE } from './operators.js';
export { MAX_RULE_TEXT, parse, PARSE_PROBLEMS } from './parse.js';
export type { ParseProblem, ParseProblemCode, Parsing } from './parse.js';
export type { Names } from './phrases.js';
export { print } from './print.js';
export { RULE_PROBLEMS } from './problem.js';
export type { RuleProblem, RuleProblemCode } from './problem.js';
export {
  anniversaryDays,
  dateSpan,
  dayIn,
  durationInWords,
  endOf,
  eventSpan,
  fixedLength,
  heldSince,
  INSTANT_PATTERN,
  instantOf,
  isInstant,
  minuteOf,
  nextMinute,
  parseDuration,
  startOf,
  startOfDay,
} from './time.js';
export type { DurationUnit, Span } from './time.js';
export { validate } from './validate.js';
export type { Validation } from './validate.js';
