import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Problem } from '../../platform/errors.js';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { AttributeValueScalar } from '../attributes/index.js';
import { signalLimits, type SignalInput } from './signal.js';

@ObjectType('Signal', { description: 'What a third party says of a contact or a company.' })
@Readable('contacts:read')
export class SignalType {
  @Field(() => ID, { description: 'The id of the signal.' })
  id!: string;

  @Field(() => String, { description: 'A topic, such as `crm software`, or a field, such as `industry`.' })
  name!: string;

  @Field(() => String, { description: 'Who says it.' })
  source!: string;

  @Field(() => AttributeValueScalar, {
    nullable: true,
    description: 'What it says, a text or a number; null where it says no more than its name.',
  })
  value!: string | number | null;

  @Field(() => Date, { description: 'When it was so, by the source.' })
  observedAt!: Date;

  @Field(() => Date, { description: 'When it came in.' })
  receivedAt!: Date;
}

@InputType('SignalContactInput', {
  description: 'The contact that a signal is about, by one or more of its identities; made when unknown.',
})
export class SignalContactInput {
  @Field(() => String, { nullable: true, description: "The id in the customer's own systems." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'An e-mail address.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'A phone number.' })
  phone?: string | null;
}

@InputType('SignalCompanyInput', {
  description:
    'The company that a signal is about, found by its external id, else its domain, else its name; made when unknown.',
})
export class SignalCompanyInput {
  @Field(() => String, { nullable: true, description: "The company's id in the customer's own systems." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'Its web domain; a whole address will do.' })
  domain?: string | null;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;
}

@InputType('SignalInput', { description: 'What a third party says. Exactly one of `contact` and `company`.' })
export class SignalInputType implements SignalInput {
  @Field(() => SignalContactInput, { nullable: true, description: 'The contact that it is about.' })
  contact?: SignalContactInput | null;

  @Field(() => SignalCompanyInput, { nullable: true, description: 'The company that it is about.' })
  company?: SignalCompanyInput | null;

  @Field(() => String, { description: 'A topic or a field, 1 to 200 characters.' })
  name!: string;

  @Field(() => String, { description: 'Who says it, 1 to 200 characters.' })
  source!: string;

  @Field(() => AttributeValueScalar, {
    nullable: true,
    description: 'A number, such as a score, or a text of at most 500 characters.',
  })
  value?: unknown;

  @Field(() => Date, {
    nullable: true,
    description: 'When it was so; now unless given. What a source observed last holds.',
  })
  observedAt?: Date | null;
}

@InputType('RecordSignalsInput', { description: 'Signals to record.' })
export class RecordSignalsInput {
  @Field(() => [SignalInputType], {
    description: `At most ${signalLimits.signals.toLocaleString('en-US')}, applied in order.`,
  })
  signals!: SignalInputType[];
}

/** GraphQL's enum of what became of a signal. */
export const SignalOutcomeEnum = { created: 'created', updated: 'updated', unchanged: 'unchanged' } as const;
registerEnumType(SignalOutcomeEnum, {
  name: 'SignalOutcome',
  description: 'What became of a signal.',
  valuesConfig: {
    created: { description: 'The source had said nothing under this name before.' },
    updated: { description: 'It takes the place of what the source said before.' },
    unchanged: { description: 'The source has said the same, or something later, before.' },
  },
});

@ObjectType('SignalResult', { description: 'What became of one signal.' })
@Readable('contacts:read')
export class SignalResultType {
  @Field(() => SignalOutcomeEnum, { nullable: true, description: 'Null when it was refused.' })
  outcome!: keyof typeof SignalOutcomeEnum | null;

  @Field(() => ID, { nullable: true, description: 'The contact that it is about, if it is about one.' })
  contactId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The company that it is about, if it is about one.' })
  companyId!: string | null;

  @Field(() => ProblemType, { nullable: true, description: 'Why it was refused: the first of `problems`.' })
  error!: Problem | null;

  @Field(() => [ProblemType], { description: 'Everything that was wrong with it.' })
  problems!: Problem[];
}

@ObjectType('SignalName', { description: 'A name that a source says something under.' })
@Readable('contacts:read')
export class SignalNameType {
  @Field(() => String, { description: 'The name, as it was written first in the alphabet.' })
  name!: string;

  @Field(() => String, { description: 'The source.' })
  source!: string;

  @Field(() => Int, { description: 'How many contacts it says something of.' })
  contacts!: number;

  @Field(() => Int, { description: 'How many companies it says something of.' })
  companies!: number;
}

/** A page of names. */
export const SignalNameConnection = connectionOf(SignalNameType, 'SignalName', 'contacts:read');

@ArgsType()
export class SignalNamesArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only names that begin with this.' })
  search?: string | null;
}
