import { ATTRIBUTE_TYPES, type AttributeType as TypeName } from '@coterie/rules';
import { MaxLength } from 'class-validator';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { ArgsType, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import type { AttributeDefinition, AttributeSubject } from './attribute-definition.js';

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

/** Shows a definition to GraphQL. */
export function toAttributeType({
  mirrored,
  formerKeys = [],
  ...definition
}: AttributeDefinition): AttributeDefinitionType {
  return { ...definition, formerKeys, settable: !mirrored };
}

/** The values of an input by key; of a key given twice, the last counts. */
export function attributesOfInput(
  attributes: readonly AttributeInput[] | null | undefined,
): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, value]));
}
