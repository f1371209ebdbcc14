/** What can be wrong with a rule. The codes are part of the API and do not change. */
export const RULE_PROBLEMS = {
  /** A rule, a body or a list has the wrong JSON type, or a value the wrong type for its attribute. */
  WRONG_TYPE: 'WRONG_TYPE',
  /** A node has no key that names a kind. */
  UNKNOWN_KIND: 'UNKNOWN_KIND',
  /** A node has more than one kind, or a choice more than one option. */
  AMBIGUOUS: 'AMBIGUOUS',
  UNKNOWN_FIELD: 'UNKNOWN_FIELD',
  MISSING_FIELD: 'MISSING_FIELD',
  UNKNOWN_ATTRIBUTE: 'UNKNOWN_ATTRIBUTE',
  UNKNOWN_OPERATOR: 'UNKNOWN_OPERATOR',
  /** The operator exists, but not for an attribute of this type. */
  OPERATOR_NOT_FOR_TYPE: 'OPERATOR_NOT_FOR_TYPE',
  /** Not one of a fixed set of words. */
  UNKNOWN_VALUE: 'UNKNOWN_VALUE',
  /** Two parts of a condition cannot be used together. */
  NOT_COMBINABLE: 'NOT_COMBINABLE',
  TOO_DEEP: 'TOO_DEEP',
  TOO_MANY_CONDITIONS: 'TOO_MANY_CONDITIONS',
  TOO_MANY_VALUES: 'TOO_MANY_VALUES',
  NO_VALUES: 'NO_VALUES',
  TOO_LONG: 'TOO_LONG',
  /** Text is empty where it must not be, or holds a NUL character or half a surrogate pair. */
  BAD_TEXT: 'BAD_TEXT',
  /** Not a finite number, or not a whole one. */
  BAD_NUMBER: 'BAD_NUMBER',
  OUT_OF_RANGE: 'OUT_OF_RANGE',
  BAD_DURATION: 'BAD_DURATION',
  BAD_INSTANT: 'BAD_INSTANT',
  /** A range ends before it starts. */
  EMPTY_RANGE: 'EMPTY_RANGE',
  BAD_ID: 'BAD_ID',
  UNKNOWN_SEGMENT: 'UNKNOWN_SEGMENT',
  UNKNOWN_LIST: 'UNKNOWN_LIST',
  UNKNOWN_LOOKALIKE: 'UNKNOWN_LOOKALIKE',
} as const;
export type RuleProblemCode = keyof typeof RULE_PROBLEMS;

/** Something wrong with a rule, and where: `rule.all[2].event.count`. */
export interface RuleProblem {
  code: RuleProblemCode;
  path: string;
  message: string;
}
