import type { Rule } from '@coterie/rules';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Directive, Extensions, Field, Float, ID, InputType, Int, registerEnumType } from 'type-graphql';

/** A value that a condition compares with. */
export const RuleValueScalar = new GraphQLScalarType<string | number | boolean>({
  name: 'RuleValue',
  description: 'What a condition compares with: a text, a number or a boolean. Dates are texts in ISO 8601.',
  serialize: (value) => readRuleValue(value),
  parseValue: (value) => readRuleValue(value),
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING || node.kind === Kind.BOOLEAN) return node.value;
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return readRuleValue(Number(node.value));
    throw new GraphQLError('A rule compares with a text, a number or a boolean.', { nodes: node });
  },
});

function readRuleValue(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new GraphQLError('A rule compares with a text, a number or a boolean.');
}

const keysOf = <Name extends string>(names: readonly Name[]): Record<Name, Name> =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>;

const describe = (texts: Record<string, string>): Record<string, { description: string }> =>
  Object.fromEntries(Object.entries(texts).map(([name, description]) => [name, { description }]));

/** The values of these enums are spelled as in a rule's JSON, so that a stored tree can be passed as it is. */
function ruleEnum<Name extends string>(
  name: string,
  description: string,
  texts: Record<Name, string>,
): object {
  const values = keysOf(Object.keys(texts) as Name[]);
  registerEnumType(values, { name, description, valuesConfig: describe(texts) as never });
  return values;
}

const propertyOperators = {
  equals: 'Is this value.',
  not_equals: 'Is not this value, or is missing.',
  in: 'Is one of these values.',
  not_in: 'Is none of these values, or is missing.',
  contains: 'The text contains this piece.',
  not_contains: 'The text does not contain this piece, or is missing.',
  starts_with: 'The text starts with this piece.',
  ends_with: 'The text ends with this piece.',
  exists: 'Has any value.',
  not_exists: 'Has no value.',
  gt: 'Is greater than this number.',
  gte: 'Is this number or greater.',
  lt: 'Is less than this number.',
  lte: 'Is this number or less.',
  between: 'Lies between the two values, both included.',
  before: 'The date lies before this one.',
  after: 'The date lies after this one.',
} as const;

const AttributeOperator = ruleEnum('AttributeOperator', 'How an attribute is compared.', {
  ...propertyOperators,
  within_last: 'The date lies in the last stretch of this duration, such as 30d.',
  within_next: 'The date lies in the next stretch of this duration, such as 30d.',
  anniversary_within: "The date's next anniversary comes within this duration, such as 7d.",
  includes_any: 'The list has at least one of these texts.',
  includes_all: 'The list has every one of these texts.',
});
const PropertyOperator = ruleEnum(
  'PropertyOperator',
  "How an event's property is compared.",
  propertyOperators,
);
const { equals, gt, gte, lt, lte, between } = propertyOperators;
const SumOperator = ruleEnum('EventSumOperator', 'How what numbers come to is compared.', {
  equals,
  gt,
  gte,
  lt,
  lte,
  between,
});
const { in: isIn, contains, starts_with, ends_with } = propertyOperators;
const SignalOperator = ruleEnum('SignalOperator', 'How what a third party says is compared.', {
  equals,
  in: isIn,
  contains,
  starts_with,
  ends_with,
  gt,
  gte,
  lt,
  lte,
  between,
});
const NumberFunction = ruleEnum('PropertyFunction', 'What is made of the numbers of the matching events.', {
  sum: 'All of them together.',
  min: 'The smallest.',
  max: 'The greatest.',
  average: 'Their average.',
});
const ConsentChannel = ruleEnum('RuleConsentChannel', 'What a consent is for.', {
  email: 'Being written to by e-mail.',
  ads: 'Being shown advertising on ad platforms.',
  phone: 'Being called.',
  profiling: 'Being profiled.',
});
const ConsentState = ruleEnum('RuleConsentState', 'What a contact said about a channel.', {
  granted: 'Said yes.',
  withdrawn: 'Said no.',
  unknown: 'Said nothing yet.',
});
const IdentifiedBy = ruleEnum('RuleIdentityKind', 'What a contact can be recognised by.', {
  external_id: "The id in the customer's own systems.",
  email: 'An e-mail address.',
  phone: 'A phone number.',
  anonymous_id: 'A browser or device that was seen.',
});

const PeopleMatch = ruleEnum('RulePeopleMatch', "For how many of a company's people a rule must hold.", {
  any: 'At least one.',
  all: 'Every one.',
  none: 'Not one; the contact must have a company all the same.',
});

/** Exactly one of the fields must be given; see markOneOfInputs in platform/graphql/schema.ts. */
function OneOfInput(name: string, description: string): ClassDecorator {
  return (target) => {
    InputType(name, { description })(target);
    Directive('@oneOf')(target);
    Extensions({ oneOf: true })(target);
  };
}

/** How long a value has stood. */
@OneOfInput('HeldForInput', 'How long the value must have stood. Exactly one field.')
export class HeldForInput {
  @Field(() => String, { nullable: true, description: 'At least this duration, such as 30d.' })
  atLeast?: string;

  @Field(() => String, { nullable: true, description: 'Less than this duration.' })
  lessThan?: string;
}

/** A condition on an attribute. */
@InputType('AttributeConditionInput', {
  description: 'A condition on an attribute of the contact or of its company.',
})
export class AttributeConditionInput {
  @Field(() => String, { description: 'The key of the attribute; `company.` in front means the company.' })
  key!: string;

  @Field(() => AttributeOperator, { description: 'How to compare.' })
  op!: string;

  @Field(() => RuleValueScalar, {
    nullable: true,
    description: 'What to compare with, for operators on one value.',
  })
  value?: string | number | boolean;

  @Field(() => [RuleValueScalar], {
    nullable: true,
    description: 'What to compare with, for operators on several values.',
  })
  values?: (string | number | boolean)[];

  @Field(() => HeldForInput, { nullable: true, description: 'How long the value must have stood.' })
  heldFor?: HeldForInput;

  @Field(() => Boolean, { nullable: true, description: 'Tells upper from lower case; false unless given.' })
  caseSensitive?: boolean;
}

/** A condition on a property of an event. */
@InputType('PropertyConditionInput', { description: 'A condition on a property of an event.' })
export class PropertyConditionInput {
  @Field(() => String, { description: 'The name of the property.' })
  property!: string;

  @Field(() => PropertyOperator, { description: 'How to compare.' })
  op!: string;

  @Field(() => RuleValueScalar, {
    nullable: true,
    description: 'What to compare with, for operators on one value.',
  })
  value?: string | number | boolean;

  @Field(() => [RuleValueScalar], {
    nullable: true,
    description: 'What to compare with, for operators on several values.',
  })
  values?: (string | number | boolean)[];

  @Field(() => Boolean, { nullable: true, description: 'Tells upper from lower case; false unless given.' })
  caseSensitive?: boolean;
}

/** How often an event must have happened. */
@OneOfInput('EventCountInput', 'How often. Exactly one field.')
export class EventCountInput {
  @Field(() => Int, { nullable: true, description: 'This often or more.' })
  atLeast?: number;

  @Field(() => Int, { nullable: true, description: 'This often or less.' })
  atMost?: number;

  @Field(() => Int, { nullable: true, description: 'Exactly this often; 0 means never.' })
  exactly?: number;
}

/** When an event must have happened. */
@OneOfInput('EventWindowInput', 'When. Exactly one field.')
export class EventWindowInput {
  @Field(() => String, {
    nullable: true,
    description: 'Within the last stretch of this duration, such as 30d.',
  })
  last?: string;

  @Field(() => [String], { nullable: true, description: 'Between two instants in ISO 8601.' })
  between?: string[];

  @Field(() => String, { nullable: true, description: 'Since this instant in ISO 8601.' })
  since?: string;
}

/** A comparison of what the numbers of the matching events come to. */
@InputType('EventSumInput', { description: 'What the numbers in a property of the matching events come to.' })
export class EventSumInput {
  @Field(() => String, { description: 'The property that holds the number.' })
  property!: string;

  @Field(() => NumberFunction, { description: 'What to make of the numbers.' })
  function!: string;

  @Field(() => SumOperator, { description: 'How to compare the result.' })
  op!: string;

  @Field(() => Float, { nullable: true, description: 'What to compare with, for operators on one value.' })
  value?: number;

  @Field(() => [Float], {
    nullable: true,
    description: 'What to compare with, for operators on several values.',
  })
  values?: number[];
}

/** A condition on what a contact did. */
@InputType('EventConditionInput', { description: 'A condition on what the contact did.' })
export class EventConditionInput {
  @Field(() => String, { description: 'The name of the event.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it was done to: a page, campaign, form or product.',
  })
  target?: string;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: 'What its properties must match, all of it.',
  })
  where?: PropertyConditionInput[];

  @Field(() => EventCountInput, { nullable: true, description: 'How often; at least once unless given.' })
  count?: EventCountInput;

  @Field(() => EventWindowInput, { nullable: true, description: 'When; ever unless given.' })
  window?: EventWindowInput;

  @Field(() => EventSumInput, {
    nullable: true,
    description: 'What a number in the matching events comes to.',
  })
  sum?: EventSumInput;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Counts only if it was never done before the window.',
  })
  first?: boolean;
}

/** One step of a sequence. */
@InputType('SequenceStepInput', { description: 'One step of a sequence.' })
export class SequenceStepInput {
  @Field(() => String, { description: 'The name of the event.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it was done to.' })
  target?: string;

  @Field(() => [PropertyConditionInput], {
    nullable: true,
    description: 'What its properties must match, all of it.',
  })
  where?: PropertyConditionInput[];
}

/** A condition on the order of what a contact did. */
@InputType('SequenceConditionInput', { description: 'The contact did these one after another.' })
export class SequenceConditionInput {
  @Field(() => [SequenceStepInput], { description: 'The steps in their order, two or more.' })
  steps!: SequenceStepInput[];

  @Field(() => String, { description: 'From the first to the last at most this duration, such as 7d.' })
  within!: string;
}

/** A condition on what third parties say. */
@InputType('SignalConditionInput', {
  description:
    'What a third party says of the contact or of its company. Without `op`, any signal of the name will do.',
})
export class SignalConditionInput {
  @Field(() => String, { description: 'The name of the signal: a topic or a field.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Who says it; anybody unless given.' })
  source?: string;

  @Field(() => SignalOperator, { nullable: true, description: 'How to compare what it says.' })
  op?: string;

  @Field(() => RuleValueScalar, {
    nullable: true,
    description: 'What to compare with, for operators on one value.',
  })
  value?: string | number | boolean;

  @Field(() => [RuleValueScalar], {
    nullable: true,
    description: 'What to compare with, for operators on several values.',
  })
  values?: (string | number | boolean)[];

  @Field(() => Boolean, { nullable: true, description: 'Tells upper from lower case; false unless given.' })
  caseSensitive?: boolean;

  @Field(() => String, { nullable: true, description: 'Observed no longer ago than this, such as 30d.' })
  within?: string;
}

/** A condition on how alike a contact is to a seed list. */
@InputType('LookalikeConditionInput', { description: 'The contact is among those most like a seed list.' })
export class LookalikeConditionInput {
  @Field(() => ID, { description: 'The lookalike.' })
  id!: string;

  @Field(() => Float, { description: 'The share that counts as alike, from 1 to 20 percent.' })
  top!: number;
}

/** A condition on a consent. */
@InputType('ConsentConditionInput', {
  description: 'What the contact said about being reached on a channel.',
})
export class ConsentConditionInput {
  @Field(() => ConsentChannel, { description: 'The channel.' })
  channel!: string;

  @Field(() => ConsentState, { description: 'What was said.' })
  state!: string;
}

/** A stable random share. */
@InputType('SampleConditionInput', { description: 'A random share of the contacts that stays the same.' })
export class SampleConditionInput {
  @Field(() => Float, { description: 'The share in percent.' })
  percent!: number;

  @Field(() => String, { description: 'Shares with different salts are independent of each other.' })
  salt!: string;
}

/** A question about everybody at the contact's company. */
@InputType('CompanyPeopleInput', {
  description: "Asks something of everybody at the contact's company, the contact included.",
})
export class CompanyPeopleInput {
  @Field(() => PeopleMatch, { description: 'How many of them it must hold for.' })
  match!: string;

  // Not RuleInput: the emitted metadata would name a class that is declared below.
  @Field(() => RuleInput, { description: 'What is asked of each of them.' })
  rule!: Rule;
}

/** A rule as a tree: the JSON form of packages/rules, field by field. */
@OneOfInput('RuleInput', 'A node of a rule, spelled as in its JSON form. Exactly one field.')
export class RuleInput {
  @Field(() => [RuleInput], { nullable: true, description: 'All of these hold.' })
  all?: RuleInput[];

  @Field(() => [RuleInput], { nullable: true, description: 'At least one of these holds.' })
  any?: RuleInput[];

  @Field(() => RuleInput, { nullable: true, description: 'This does not hold.' })
  not?: RuleInput;

  @Field(() => CompanyPeopleInput, {
    nullable: true,
    description: "This holds for any, all or none of the people of the contact's company.",
  })
  companyPeople?: CompanyPeopleInput;

  @Field(() => AttributeConditionInput, { nullable: true, description: 'A condition on an attribute.' })
  attribute?: AttributeConditionInput;

  @Field(() => EventConditionInput, { nullable: true, description: 'A condition on what the contact did.' })
  event?: EventConditionInput;

  @Field(() => SequenceConditionInput, {
    nullable: true,
    description: 'A condition on the order of what it did.',
  })
  sequence?: SequenceConditionInput;

  @Field(() => SignalConditionInput, { nullable: true, description: 'What a third party says.' })
  signal?: SignalConditionInput;

  @Field(() => ID, { nullable: true, description: 'Is a member of this segment.' })
  segment?: string;

  @Field(() => ID, { nullable: true, description: 'Is on this list (a static segment).' })
  list?: string;

  @Field(() => LookalikeConditionInput, { nullable: true, description: 'Is alike to a seed list.' })
  lookalike?: LookalikeConditionInput;

  @Field(() => ConsentConditionInput, { nullable: true, description: 'What was said about a channel.' })
  consent?: ConsentConditionInput;

  @Field(() => IdentifiedBy, { nullable: true, description: 'Can be recognised by this.' })
  identified?: string;

  @Field(() => SampleConditionInput, { nullable: true, description: 'Is in this random share.' })
  sample?: SampleConditionInput;
}

/** A rule in one of its two written forms. */
@OneOfInput('RuleSourceInput', 'A rule, as a tree or as text. Exactly one field.')
export class RuleSourceInput {
  @Field(() => RuleInput, { nullable: true, description: 'The rule as a tree.' })
  tree?: RuleInput;

  @Field(() => String, { nullable: true, description: 'The rule in its text form.' })
  text?: string;
}
