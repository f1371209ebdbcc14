/**
 * The rule tree: what is stored, and what the API takes.
 *
 * A node is an object with exactly one key. Rules in this module's types are in normal form, as `validate` returns
 * them: optional fields that say nothing are absent, ids are in lower case, and there is no negative zero.
 * What each operator means is written in the package's README.
 */

/** A whole number and a unit: `m`, `h`, `d` (24 hours), `w`, or the calendar's `mo` and `y` in the workspace's zone. */
export type Duration = string;

/** An instant with its offset (`2026-03-01T09:30:00Z`), or a date, which stands for its midnight in the workspace's zone. */
export type Instant = string;

/** A UUID in lower case. */
export type Uuid = string;

/** The types an attribute may have. */
export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'text_list'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** What a condition compares with: text, a number, a boolean, or an instant as text. */
export type Scalar = string | number | boolean;

/** The channels a contact consents to. */
export const CHANNELS = ['email', 'ads', 'phone', 'profiling'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What is known of a consent; `unknown` is a contact who was never asked. */
export const CONSENT_STATES = ['granted', 'withdrawn', 'unknown'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** The kinds of identity a contact may have. */
export const IDENTITY_KINDS = ['external_id', 'email', 'phone', 'anonymous_id'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** Every operator of an attribute condition. */
export const ATTRIBUTE_OPERATORS = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'exists',
  'not_exists',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'before',
  'after',
  'within_last',
  'within_next',
  'anniversary_within',
  'includes_any',
  'includes_all',
] as const;
export type AttributeOperator = (typeof ATTRIBUTE_OPERATORS)[number];

/** The operators of a condition on an event's property: neither relative to now nor for lists. */
export const PROPERTY_OPERATORS = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'exists',
  'not_exists',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'before',
  'after',
] as const satisfies readonly AttributeOperator[];
export type PropertyOperator = (typeof PROPERTY_OPERATORS)[number];

/** The operators that compare an aggregate over events. */
export const SUM_OPERATORS = [
  'equals',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
] as const satisfies readonly PropertyOperator[];
export type SumOperator = (typeof SUM_OPERATORS)[number];

/** The operators that compare what a signal says. */
export const SIGNAL_OPERATORS = [
  'equals',
  'in',
  'contains',
  'starts_with',
  'ends_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
] as const satisfies readonly AttributeOperator[];
export type SignalOperator = (typeof SIGNAL_OPERATORS)[number];

/** What may be computed over a numeric property of the matching events. */
export const SUM_FUNCTIONS = ['sum', 'min', 'max', 'average'] as const;
export type SumFunction = (typeof SUM_FUNCTIONS)[number];

/** How long the present value must have stood, or may have stood at most. */
export type HeldFor = { atLeast: Duration } | { lessThan: Duration };

/** A condition on an attribute of the contact, or of its company when the key starts with `company.`. */
export interface AttributeCondition {
  key: string;
  op: AttributeOperator;
  /** Of the operators with one operand; a duration for `within_last`, `within_next` and `anniversary_within`. */
  value?: Scalar;
  /** Of `in`, `not_in`, `includes_any`, `includes_all`, and the two ends of `between`. */
  values?: Scalar[];
  heldFor?: HeldFor;
  /** Compares text exactly as written. */
  caseSensitive?: boolean;
}

/** A condition on one property of an event, read at the top level of its JSON. */
export interface PropertyCondition {
  property: string;
  op: PropertyOperator;
  value?: Scalar;
  values?: Scalar[];
  caseSensitive?: boolean;
}

/** Which events are meant: by name, by target if given, and by every condition of `where`. */
export interface EventPattern {
  name: string;
  target?: string;
  where?: PropertyCondition[];
}

/** How many matching events there must be. */
export type Count = { atLeast: number } | { atMost: number } | { exactly: number };

/** When the events occurred; without a window, ever. */
export type Window = { last: Duration } | { between: [Instant, Instant] } | { since: Instant };

/** Compares an aggregate over the matching events that hold a number in `property`. */
export interface Sum {
  property: string;
  function: SumFunction;
  op: SumOperator;
  value?: number;
  values?: [number, number];
}

/** What a contact did, or with `{exactly: 0}` has not done. */
export interface EventCondition extends EventPattern {
  /** `{atLeast: 1}` when neither this nor `sum` is given. */
  count?: Count;
  window?: Window;
  sum?: Sum;
  /** Holds only for a contact without a matching event before the window's start; needs a window. */
  first?: boolean;
}

/** Two or more events in order, each strictly later than the one before, the last within a time of the first. */
export interface SequenceCondition {
  steps: EventPattern[];
  /** Of fixed length: minutes, hours, days or weeks. */
  within: Duration;
}

/** The contacts most like a seed list: the best `top` percent, 1 to 20. */
export interface LookalikeCondition {
  id: Uuid;
  top: number;
}

/**
 * What a third party says of the contact or of its company, such as intent or a firmographic fact: some signal of this
 * name, from this source if one is given, says that.
 */
export interface SignalCondition {
  name: string;
  source?: string;
  /** With its operand; without, any signal of the name will do. */
  op?: SignalOperator;
  value?: Scalar;
  values?: Scalar[];
  caseSensitive?: boolean;
  /** Observed no longer ago than this. */
  within?: Duration;
}

/** What a contact has consented to on a channel. */
export interface ConsentCondition {
  channel: Channel;
  state: ConsentState;
}

/** How many of a company's people a rule must hold for. */
export const PEOPLE_MATCHES = ['any', 'all', 'none'] as const;
export type PeopleMatch = (typeof PEOPLE_MATCHES)[number];

/** Asks something of all who work at the contact's company, the contact included. Nobody without a company matches. */
export interface CompanyPeople {
  match: PeopleMatch;
  rule: Rule;
}

/** A stable random share of the contacts: another salt, another share. */
export interface SampleCondition {
  /** 0 to 100. */
  percent: number;
  salt: string;
}

/** Every kind of node, with what its one key holds. */
export interface Kinds {
  all: Rule[];
  any: Rule[];
  not: Rule;
  companyPeople: CompanyPeople;
  attribute: AttributeCondition;
  event: EventCondition;
  sequence: SequenceCondition;
  signal: SignalCondition;
  segment: Uuid;
  list: Uuid;
  lookalike: LookalikeCondition;
  consent: ConsentCondition;
  identified: IdentityKind;
  sample: SampleCondition;
}
export type Kind = keyof Kinds;

/** A node of kind `K`: `{[kind]: body}`. */
export type NodeOf<K extends Kind> = { [Only in K]: Kinds[Only] };

/** A rule: a tree of nodes. `{all: []}` matches everyone, `{any: []}` nobody. */
export type Rule = { [K in Kind]: NodeOf<K> }[Kind];

/** The kinds that hold other rules. */
export type GroupKind = 'all' | 'any' | 'not' | 'companyPeople';

/** The kinds that ask something of a contact by themselves: the leaves of a rule. */
export type ConditionKind = Exclude<Kind, GroupKind>;

/** A leaf of a rule. */
export type Condition = { [K in ConditionKind]: NodeOf<K> }[ConditionKind];

/** Every kind of leaf, in the order in which documents list them. */
export const CONDITION_KINDS = [
  'attribute',
  'event',
  'sequence',
  'signal',
  'segment',
  'list',
  'lookalike',
  'consent',
  'identified',
  'sample',
] as const satisfies readonly ConditionKind[];

/** Every kind of node. */
export const KINDS = [
  'all',
  'any',
  'not',
  'companyPeople',
  ...CONDITION_KINDS,
] as const satisfies readonly Kind[];

/** The kind of a node. */
export function kindOf(rule: Rule): Kind {
  return Object.keys(rule)[0] as Kind;
}

/** What a key of a company's attribute starts with in rules. */
export const COMPANY_PREFIX = 'company.';

/** The deepest a rule may be nested; a single condition is 1 deep. */
export const MAX_DEPTH = 12;
/** How many conditions a rule may hold, counting each property condition and each step of a sequence. */
export const MAX_CONDITIONS = 200;
/** How long a text in a rule may be, in UTF-16 code units. */
export const MAX_TEXT = 500;
/** How many values a list of values may hold. */
export const MAX_VALUES = 1_000;
/** How many values all the lists of a rule may hold together. */
export const MAX_VALUES_IN_ALL = 10_000;
/** How many steps a sequence may have. */
export const MAX_STEPS = 10;
