import { ATTRIBUTE_TYPES, type AttributeType as TypeName } from '@coterie/rules';
import { MaxLength, ValidateNested } from 'class-validator';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { ArgsType, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import type { AttributeDefinition, AttributeSubject, ComputedState } from './attribute-definition.js';
import { computedTypes, type ComputedFunction } from './computation.js';

/** GraphQL's enum of who has an attribute. */
export enum AttributeSubjectEnum {
  contact = 'contact',
  company = 'company',
}
registerEnumType(AttributeSubjectEnum, {
  name: 'AttributeSubject',
  description: 'Who has an attribute.',
  valuesConfig: { contact: { description: 'Contacts.' }, company: { description: 'Companies.' } },
});

/** GraphQL's enum of attribute types, spelled as in rules. */
export const AttributeTypeEnum = Object.fromEntries(ATTRIBUTE_TYPES.map((type) => [type, type])) as {
  [Type in TypeName]: Type;
};
registerEnumType(AttributeTypeEnum, {
  name: 'AttributeType',
  description: 'What values an attribute takes.',
  valuesConfig: {
    text: { description: 'A text of at most 500 characters.' },
    number: { description: 'A finite number.' },
    boolean: { description: 'True or false.' },
    date: { description: "An instant; a date without a time is midnight in the workspace's time zone." },
    text_list: { description: 'At most 100 different texts, in order.' },
  },
});

type Json = string | number | boolean | null | (string | null)[];

const expected = 'An attribute takes a text, a number, a boolean, a list of texts, or null.';

function readJson(value: unknown): Json {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Json;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
  throw new GraphQLError(expected);
}

function readLiteral(node: ValueNode): Json {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return readJson(node.values.map(readLiteral));
    default:
      throw new GraphQLError(expected, { nodes: node });
  }
}

/** A value as JSON. */
export const AttributeValueScalar = new GraphQLScalarType<Json>({
  name: 'AttributeValue',
  description:
    'The value of an attribute as JSON: a text, a number, a boolean, or a list of texts. Dates are texts in ISO 8601. ' +
    'As input, null or an empty text removes the value.',
  serialize: readJson,
  parseValue: readJson,
  parseLiteral: readLiteral,
});

/** GraphQL's enum of what can be computed. */
export const ComputedFunctionEnum = Object.fromEntries(
  Object.keys(computedTypes).map((name) => [name.toUpperCase(), name]),
) as Record<string, ComputedFunction>;
registerEnumType(ComputedFunctionEnum, {
  name: 'ComputedFunction',
  description: 'What is computed over the events of a contact. Who has none of them has no value.',
  valuesConfig: {
    COUNT: { description: 'How many there are: a number.' },
    SUM: { description: 'The sum of the numbers in a property.' },
    MIN: { description: 'The least of the numbers in a property.' },
    MAX: { description: 'The greatest of the numbers in a property.' },
    AVERAGE: { description: 'The average of the numbers in a property.' },
    FIRST: { description: 'What the earliest one with a value of the attribute’s type holds.' },
    LAST: { description: 'What the latest one with a value of the attribute’s type holds.' },
    MOST_FREQUENT: { description: 'The value that most of them hold; of several, the one that came last.' },
    FIRST_AT: {
      description: 'When the earliest one was: a date. “Days since” is a comparison with now in a rule.',
    },
    LAST_AT: { description: 'When the latest one was: a date.' },
  },
});

@InputType('ComputationInput', { description: 'What an attribute of contacts is computed from.' })
export class ComputationInputType {
  @Field(() => ComputedFunctionEnum, { description: 'What is computed.' })
  function!: ComputedFunction;

  @Field(() => String, { description: 'The name of the events that count.' })
  event!: string;

  @Field(() => String, { nullable: true, description: 'Only events with this target.' })
  target?: string | null;

  @Field(() => [GraphQLJSONObject], {
    nullable: true,
    description:
      'Only events whose properties are like that: conditions as in the `where` of a rule’s event.',
  })
  where?: unknown[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'The property that it is about; the target of the events unless given.',
  })
  property?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Only events of this duration before now, such as `30d`, in the units of rules; ever unless given.',
  })
  window?: string | null;
}

@ObjectType('Computation', { description: 'What an attribute is computed from, and how fresh it is.' })
@Readable('contacts:read')
export class ComputationType {
  @Field(() => ComputedFunctionEnum, { description: 'What is computed.' })
  function!: ComputedFunction;

  @Field(() => String, { description: 'The name of the events that count.' })
  event!: string;

  @Field(() => String, { nullable: true, description: 'Only events with this target.' })
  target!: string | null;

  @Field(() => [GraphQLJSONObject], { description: 'Only events whose properties are like that.' })
  where!: unknown[];

  @Field(() => String, { nullable: true, description: 'The property that it is about; null for the target.' })
  property!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only events of this duration before now; null for ever.',
  })
  window!: string | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'When all values were up to date last; null as long as they are computed for the first time.',
  })
  computedAt!: Date | null;
}

@ObjectType('Attribute', { description: 'A typed field of contacts or companies.' })
@Readable('contacts:read')
export class AttributeDefinitionType {
  @Field(() => AttributeSubjectEnum, { description: 'Who has it.' })
  subject!: AttributeSubject;

  @Field(() => String, {
    description: 'What rules and imports name it by; rules write `company.` before a company’s.',
  })
  key!: string;

  @Field(() => String, { description: 'What people call it.' })
  label!: string;

  @Field(() => String, { description: 'What it means.' })
  description!: string;

  @Field(() => AttributeTypeEnum, { description: 'What values it takes.' })
  type!: TypeName;

  @Field(() => [String], {
    description:
      'Keys that it had before, or that others had which have become part of it: what comes in may use them.',
  })
  formerKeys!: readonly string[];

  @Field(() => Boolean, { description: 'Whether every workspace has it; such a one cannot be changed.' })
  standard!: boolean;

  @Field(() => Boolean, {
    description: 'Whether it is set as an attribute; the others follow from a field of their own.',
  })
  settable!: boolean;

  @Field(() => ComputationType, {
    nullable: true,
    description: 'What it is computed from; null for one that is set.',
  })
  computed!: ComputationType | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When it was archived: it keeps its values, but takes no new ones.',
  })
  archivedAt!: Date | null;
}

@ObjectType('KnownValue', { description: 'A value that contacts or companies hold for an attribute.' })
@Readable('contacts:read')
export class KnownValueType {
  @Field(() => AttributeValueScalar, {
    description: 'The value. Texts that differ in case alone are one, shown as one of them is written.',
  })
  value!: unknown;

  @Field(() => Int, { description: 'How many contacts or companies hold it.' })
  count!: number;
}

/** Known values on pages, the most common first. */
export const KnownValueConnection = connectionOf(KnownValueType, 'KnownValue', 'contacts:read');

@ArgsType()
export class KnownValuesArgs extends PageArgs {
  @Field(() => AttributeSubjectEnum, { description: 'Who has the attribute.' })
  subject!: AttributeSubject;

  @Field(() => String, { description: 'The key of the attribute.' })
  key!: string;

  @Field(() => String, { nullable: true, description: 'Only texts that contain this, in any case.' })
  @MaxLength(500)
  search?: string | null;
}

@ObjectType('HeldAttribute', { description: 'An attribute that a contact or company has a value for.' })
@Readable('contacts:read')
export class HeldAttributeType {
  @Field(() => String, { description: 'The key of the attribute.' })
  key!: string;

  @Field(() => String, { description: 'What people call it.' })
  label!: string;

  @Field(() => AttributeTypeEnum, { description: 'What values it takes.' })
  type!: TypeName;

  @Field(() => AttributeValueScalar, { description: 'The value.' })
  value!: unknown;

  @Field(() => Date, { description: 'Since when the value is what it is.' })
  since!: Date;
}

@InputType('AttributeInput', { description: 'A value for an attribute.' })
export class AttributeInput {
  @Field(() => String, { description: 'The key of the attribute.' })
  key!: string;

  @Field(() => AttributeValueScalar, {
    nullable: true,
    description: 'The value; null or an empty text removes it.',
  })
  value?: unknown;
}

@InputType('AttributeKeyInput', { description: 'Names an attribute.' })
export class AttributeKeyInput {
  @Field(() => AttributeSubjectEnum, { description: 'Who has it.' })
  subject!: AttributeSubject;

  @Field(() => String, { description: 'Its key.' })
  key!: string;
}

@InputType('CreateAttributeInput', { description: 'A new attribute of the workspace.' })
export class CreateAttributeInput extends AttributeKeyInput {
  @Field(() => AttributeTypeEnum, { description: 'What values it takes; this cannot be changed later.' })
  type!: TypeName;

  @Field(() => String, {
    nullable: true,
    description: 'What people call it; made from the key unless given.',
  })
  @MaxLength(100)
  label?: string | null;

  @Field(() => String, { nullable: true, description: 'What it means.' })
  @MaxLength(500)
  description?: string | null;

  @Field(() => ComputationInputType, {
    nullable: true,
    description: 'What it is computed from, for one of contacts that nobody is to set.',
  })
  @ValidateNested()
  computed?: ComputationInputType | null;
}

@InputType('UpdateAttributeInput', { description: 'What to change of an attribute of the workspace.' })
export class UpdateAttributeInput extends AttributeKeyInput {
  @Field(() => String, { nullable: true, description: 'What people call it.' })
  @MaxLength(100)
  label?: string | null;

  @Field(() => String, { nullable: true, description: 'What it means.' })
  @MaxLength(500)
  description?: string | null;
}

function toComputationType({ computation, computedAt }: ComputedState): ComputationType {
  const { event, ...rest } = computation;
  const { name, target = null, where = [] } = event;
  return { ...rest, event: name, target, where, computedAt };
}

/** Shows a definition to GraphQL. */
export function toAttributeType({
  mirrored,
  formerKeys = [],
  computed,
  ...definition
}: AttributeDefinition): AttributeDefinitionType {
  return {
    ...definition,
    formerKeys,
    computed: computed ? toComputationType(computed) : null,
    settable: !mirrored && !computed,
  };
}

/** The values of an input by key; of a key given twice, the last counts. */
export function attributesOfInput(
  attributes: readonly AttributeInput[] | null | undefined,
): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, value]));
}
