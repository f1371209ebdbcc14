import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Problem } from '../../platform/errors.js';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { AttributeInput, attributesOfInput } from '../attributes/index.js';
import type { Company, CompanyInput } from './company.js';

@ObjectType('Company', { description: 'An account that contacts belong to.' })
@Readable('contacts:read')
export class CompanyType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;

  @Field(() => ID, { description: 'The id of the company.' })
  id!: string;

  @Field(() => String, { nullable: true, description: "The company's id in the customer's own systems." })
  externalId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its web domain, in lower case and without `www.`.' })
  domain!: string | null;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Date, { description: 'When it was made here.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

/** A page of companies. */
export const CompanyConnection = connectionOf(CompanyType, 'Company', 'contacts:read');

/** Shows a company to GraphQL. */
export function toCompanyType(workspaceId: string, company: Company): CompanyType {
  const { id, externalId, domain, name, createdAt, updatedAt } = company;
  return { workspaceId, id, externalId, domain, name, createdAt, updatedAt };
}

@ArgsType()
export class CompaniesArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'The beginning of the name or the domain, or an external id.',
  })
  search?: string | null;
}

@InputType('CompanyInput', {
  description:
    'A company, found by its external id, else its domain, else its name. What is absent stays as it is.',
})
export class CompanyInputType {
  @Field(() => String, { nullable: true, description: "The company's id in the customer's own systems." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'Its web domain; a whole address will do.' })
  domain?: string | null;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;

  @Field(() => [AttributeInput], { nullable: true, description: 'Values for its attributes.' })
  attributes?: AttributeInput[] | null;
}

@InputType('UpsertCompaniesInput', { description: 'Companies to make or change.' })
export class UpsertCompaniesInput {
  @Field(() => [CompanyInputType], { description: 'At most 1,000, applied in order.' })
  companies!: CompanyInputType[];
}

/** GraphQL's enum of what became of an item. */
export enum UpsertOutcome {
  created = 'created',
  updated = 'updated',
  unchanged = 'unchanged',
}
registerEnumType(UpsertOutcome, {
  name: 'UpsertOutcome',
  description: 'What became of an item.',
  valuesConfig: {
    created: { description: 'It was made.' },
    updated: { description: 'It was there and has changed.' },
    unchanged: { description: 'It was there and said nothing new.' },
  },
});

@ObjectType('CompanyResult', { description: 'What became of one company.' })
@Readable('contacts:read')
export class CompanyResultType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  companyId!: string | null;

  @Field(() => UpsertOutcome, { nullable: true, description: 'What became of it; null when it was refused.' })
  outcome!: `${UpsertOutcome}` | null;

  @Field(() => ProblemType, { nullable: true, description: 'Why it was refused: the first of `problems`.' })
  error!: Problem | null;

  @Field(() => [ProblemType], { description: 'Everything that was wrong with it.' })
  problems!: Problem[];

  @Field(() => [ProblemType], { description: 'What was left out, although it was taken.' })
  warnings!: Problem[];
}

/** The input as the use case takes it. */
export function toCompanyInput({ attributes, ...input }: CompanyInputType): CompanyInput {
  return { ...input, attributes: attributesOfInput(attributes) };
}
